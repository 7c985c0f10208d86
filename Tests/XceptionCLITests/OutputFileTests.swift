import Foundation
import TestSupport
import Testing

/// Where answers go with `-o` and `--report`.
@Suite(.serialized) struct OutputFileTests {
    @Test("A device stays a device, a link a link; a run that fails leaves no file behind")
    func devices() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; "$XCEPTION" --json -o /dev/null "$PHOTOS/chelsea.png" && [ -c /dev/null ] && echo device
            ln -s real.csv link.csv; touch real.csv; "$XCEPTION" --format csv -o link.csv "$PHOTOS/chelsea.png"; [ -L link.csv ] && wc -l < real.csv
            "$XCEPTION" --json -o answers.json --report /dev/full "$PHOTOS/chelsea.png"; echo $?; ls
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output.split(separator: "\n").map(String.init) == ["device", "2", "2", "link.csv", "real.csv"])
        #expect(outcome.errors == "xception: /dev/full: cannot be written: No space left on device\n")
    }

    @Test("A full disk is one line and a failure, whatever the format", arguments: ["text", "json", "jsonl", "csv"])
    func fullDisk(format: String) throws {
        for output in ["-o /dev/full", "> /dev/full"] {
            let outcome = try Program.shell("\"$XCEPTION\" --format \(format) \"$PHOTOS/chelsea.png\" \(output)")
            #expect(outcome.status == 2)
            #expect(outcome.errorLines.count == 1)
            #expect(outcome.errors.hasSuffix("cannot be written: No space left on device\n"))
        }
    }

    @Test("A full disk does not leave the progress bar behind")
    func fullDiskOnTerminal() throws {
        let outcome = try Program.terminal(#""$XCEPTION" --json -k 1000 "$PHOTOS" > /dev/full"#)
        #expect(outcome.status == 2)
        #expect(outcome.output.hasSuffix("xception: standard output: cannot be written: No space left on device\r\n"))
    }

    @Test("A place that cannot be written to is told before any work, a file that exists survives")
    func unwritable() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/out.json"
        // Not even root creates files in /proc.
        for place in ["/nowhere/out", "/proc/out", file + "/out"] {
            try Data("{\"schema\": \"xception.classify/1\"".utf8).write(to: URL(filePath: file))
            for arguments in [["--json", "-o", place], ["--format", "jsonl", "-o", place], ["--report", place]] {
                let outcome = try Program.run(arguments + [Program.photos])
                #expect(outcome.status == 2)
                #expect(outcome.output.isEmpty)
                #expect(outcome.errorLines.count == 1 && outcome.errors.hasPrefix("xception: \(place): cannot be written: "))
            }
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8).hasSuffix("classify/1\""))

        #expect(try Program.run(["--json", "-o", file, folder.path + "/sub"]).status == 1)
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("not_found"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.json"])
        #expect(try Program.run(["-o", file, "--report", file, Program.photos]).status == 64)
    }

    /// Whether there is another user, who may not do everything, and can run the program.
    static var hasOtherUser: Bool {
        (try? Program.shell(#"[ $(id -u) = 0 ] && setpriv --reuid 65534 --clear-groups "$XCEPTION" model path"#).status) == 0
    }

    @Test("A directory and a file that permissions close", .enabled(if: hasOtherUser, "needs root, who can become another user"))
    func permissions() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; mkdir closed readable; cp "$PHOTOS/chelsea.png" closed/a.png; cp "$PHOTOS/chelsea.png" readable/b.png
            cp readable/b.png readable/secret.png; chmod 0 readable/secret.png; chmod 700 closed; chmod 755 . readable
            x() { setpriv --reuid 65534 --clear-groups "$XCEPTION" -k 1 --format csv "$@"; }
            x -o closed/out.csv readable; echo $?; x . | cut -d, -f1,4; echo $?
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output.split(separator: "\n")
            == ["2", "path,error", "./closed,unreadable", "./readable/b.png,", "./readable/secret.png,unreadable", "1"])
        #expect(outcome.errorLines.count == 3 && outcome.errorLines.allSatisfy { $0.hasSuffix(": Permission denied") })
    }

    @Test("Two runs do not write one growing file")
    func lock() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; coproc X { exec "$XCEPTION" --quiet --files-from - --format jsonl -k 1 -o out.jsonl; }
            echo "$PHOTOS/coffee.jpg" >&${X[1]}; until grep -qs path out.jsonl; do sleep 0.02; done
            "$XCEPTION" --format jsonl --resume -o out.jsonl "$PHOTOS"; echo $?
            exec {X[1]}>&-; wait $X_PID; echo $?; wc -l < out.jsonl
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output.split(separator: "\n") == ["2", "0", "1"])
        #expect(outcome.errors.contains("another run is writing to it"))
    }

    /// Lines read before the lock is had may be followed by more when it is.
    @Test("What --resume finds is read under the lock")
    func lockBeforeReading() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; echo 'dear diary' > out; x() { "$XCEPTION" --format jsonl --resume -o out "$PHOTOS/coffee.jpg"; echo $?; }
            exec 9< out; flock 9; x 9<&-; exec 9<&-; x; cat out
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output == "2\n2\ndear diary\n")
        #expect(outcome.errorLines.count == 2)
        #expect(outcome.errorLines.first?.contains("another run is writing to it") == true)
        #expect(outcome.errorLines.last?.contains("line 1 is not a result") == true)
    }
}
