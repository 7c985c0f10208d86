import Foundation
import TestSupport
import Testing

/// Destinations of answers with `-o` and `--report`.
@Suite(.serialized, .timeLimit(.minutes(10))) struct OutputFileTests {
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
        let earlier = """
            {"schema": "xception.classify/1",
             "model": {"name": "m"},
             "results": [
               {"path": "a", "error": {"code": "empty_file", "message": "m"}}],
             "summary": {"images": 1}}

            """
        // Not even root creates files in /proc.
        for place in ["/nowhere/out", "/proc/out", file + "/out"] {
            try Data(earlier.utf8).write(to: URL(filePath: file))
            for arguments in [["--json", "-o", place], ["--format", "jsonl", "-o", place], ["--report", place]] {
                let outcome = try Program.run(arguments + [Program.photos])
                #expect(outcome.status == 2)
                #expect(outcome.output.isEmpty)
                #expect(outcome.errorLines.count == 1 && outcome.errors.hasPrefix("xception: \(place): cannot be written: "))
            }
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == earlier)

        #expect(try Program.run(["--json", "-o", file, folder.path + "/sub"]).status == 1)
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("not_found"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.json"])
        #expect(try Program.run(["-o", file, "--report", file, Program.photos]).status == 64)
    }

    /// True if there is an unprivileged user who can run the program.
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

    @Test("An extension that no format has is not taken for text", arguments: ["labels.xlsx", "x.md", "x.csv.gz", "d.d/a.b.c"])
    func unknownEnding(name: String) throws {
        let outcome = try Program.run(["-o", name, ClassifyTests.cat])
        #expect(outcome.status == 64 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("no format has the extension") && outcome.errors.contains("json, jsonl, csv"))
    }

    @Test("Endings of text, names without one and names that a format is given for are files")
    func endings() throws {
        let folder = try TemporaryFolder()
        for name in ["a.txt", "b.tsv", ".hidden", "plain", "d.d/plain", "e.", "G.CSV"] {
            let outcome = try Program.shell(
                #"mkdir -p "$FOLDER/d.d"; "$XCEPTION" -k 1 -o "$FOLDER/$NAME" "$PHOTOS/coffee.jpg" && grep -c espresso "$FOLDER/$NAME""#,
                environment: ["FOLDER": folder.path, "NAME": name])
            #expect(outcome.output == "1\n" && outcome.errors.isEmpty, "\(name)")
        }
        #expect(try Program.run(["--format", "csv", "-o", folder.path + "/a.xlsx", ClassifyTests.cat]).status == 0)
        let list = try Program.run(["-l", "-o", folder.path + "/list.csv", ClassifyTests.cat])
        #expect(list.status == 64 && list.errors.contains("--list writes paths, not csv") && list.errors.contains("name the output .txt"))
    }

    // MARK: - Pipes and descriptors

    /// Runs shell lines in which `x` is the program on a photo, ended after some seconds by SIGTERM, and by SIGKILL if it does not obey.
    private static func pipes(_ lines: String) throws -> Program.Outcome {
        let folder = try TemporaryFolder()
        return try Program.shell(
            #"""
            cd "$FOLDER"; mkfifo f; for n in $(seq 3000); do echo nope$n; done > list
            x() { timeout -k 10 4 "$XCEPTION" -k 1 "$PHOTOS/coffee.jpg" "$@"; echo "status $?"; }
            """# + "\n" + lines, environment: ["FOLDER": folder.path])
    }

    @Test("A named pipe that no process reads is an error", arguments: ["--format csv -o", "--format json -o", "--format jsonl -o", "--report"])
    func noReader(option: String) throws {
        let outcome = try Self.pipes("x \(option) f > /dev/null; echo done")
        #expect(outcome.output == "done\n")
        #expect(outcome.errors == "xception: f: cannot be written: no process reads from this pipe\n")
    }

    @Test("A named pipe is written to, and a reader that goes away ends the run", arguments: ["csv", "json", "jsonl"])
    func reader(format: String) throws {
        let outcome = try Self.pipes(
            """
            cat f > all & x --format \(format) -o f; wait; grep -c espresso all
            head -c 1 f > /dev/null & x --format \(format) -o f --files-from list --quiet; wait
            """)
        #expect(outcome.output == "status 0\n1\nstatus 0\n")
        #expect(outcome.errors.isEmpty)
    }

    /// The pipe holds less than the list's answers.
    @Test("One signal ends a run whose reader does not read", arguments: ["TERM", "INT"])
    func stuckReader(signal: String) throws {
        for output in ["-o f", "> f"] {
            let outcome = try Self.pipes(
                """
                sleep 100 < f & reader=$!
                env --default-signal=INT "$XCEPTION" --format jsonl --quiet --files-from list \(output) & sleep 2; kill -\(signal) $!; wait $!; echo "status $?"; kill -KILL $reader
                """)
            #expect(outcome.output == "status \(signal == "TERM" ? 143 : 130)\n")
        }
    }

    @Test("Descriptors are written to where they stand, and never replaced", arguments: ["csv", "jsonl", "text"])
    func descriptors(format: String) throws {
        let outcome = try Self.pipes(
            #"""
            x --format FORMAT -o /dev/stdout | cat | grep -c espresso; x --format FORMAT -o >(grep -c espresso > piped); until [ -s piped ]; do sleep 0.05; done; cat piped
            echo first > log; x --format FORMAT -o /dev/stdout >> log; grep -c 'first\|espresso\|status' log
            exec 7> gone; rm gone; x --format FORMAT -o /dev/fd/7; grep -c espresso /dev/fd/7; x --format FORMAT -o /proc/self/fd/7; grep -c espresso /dev/fd/7
            ln -s /dev/fd/7 link; x --format FORMAT -o link; grep -c espresso /dev/fd/7; ls
            """#.replacing("FORMAT", with: format))
        #expect(outcome.output.split(separator: "\n").map(String.init) == [
            "1", "status 0", "1", "3", "status 0", "1", "status 0", "2", "status 0", "3", "f", "link", "list", "log", "piped",
        ])
        #expect(outcome.errors.isEmpty)
    }

    @Test("--resume continues files alone; a descriptor that is an input is no output")
    func notResumed() throws {
        let outcome = try Self.pipes(
            #"""
            x --resume --format jsonl -o /dev/stdout 2> errors; grep -c 'is not one' errors; x --resume --format jsonl -o f 2> errors; grep -c 'is not one' errors
            cp "$PHOTOS/coffee.jpg" a; exec 7>> a; "$XCEPTION" --format csv -o /dev/fd/7 a; echo "status $?"; cmp a "$PHOTOS/coffee.jpg"
            """#)
        #expect(outcome.output == "status 64\n1\nstatus 64\n1\nstatus 2\n")
        #expect(outcome.errors == "xception: /dev/fd/7: is an input and cannot be the output as well; name another file\n")
    }

    // MARK: - Facts about the run in a document

    @Test("A document says whether the run came to its end, and what was skipped")
    func summary() throws {
        func summary(_ output: String) throws -> [String: Any] {
            let document = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
            return try #require(document?["summary"] as? [String: Any])
        }
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; cp "$PHOTOS/coffee.jpg" a.jpg; touch .hidden; echo text > notes; for n in 1 2; do printf GIF89a > $n.gif; done
            "$XCEPTION" -k 1 --json .
            """#, environment: ["FOLDER": folder.path])
        let whole = try summary(outcome.output)
        #expect(whole["complete"] as? Bool == true)
        #expect(whole["skipped"] as? [String: Int] == ["GIF images": 2, "hidden": 1, "other files": 1])
        let stopped = try Program.shell(
            #"""
            coproc X { exec "$XCEPTION" --quiet -k 1 --json --files-from -; }
            exec 5<&${X[0]}; pid=$X_PID; echo "$PHOTOS/coffee.jpg" >&${X[1]}; until read -t 0 -u 5; do sleep 0.02; done
            kill -TERM $pid; cat <&5; wait $pid; echo "status $?" >&2
            """#)
        #expect(stopped.errors == "status 143\n")
        #expect(try summary(stopped.output)["complete"] as? Bool == false)
        #expect(try summary(stopped.output)["images"] as? Int == 1)
    }
}
