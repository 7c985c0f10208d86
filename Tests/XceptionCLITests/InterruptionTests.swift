import Foundation
import TestSupport
import Testing

/// Runs that end before their input does: by a signal, by a failure, or because their reader has gone.
@Suite(.serialized, .timeLimit(.minutes(10))) struct InterruptionTests {
    /// A folder of more images than are answered before the interruption.
    static func manyImages() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for number in 1...400 {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/\(number).png", withDestinationPath: ClassifyTests.cat)
        }
        return folder
    }

    @Test("Interrupted, it finishes what is in hand; what is answered is whole", arguments: [("INT", 130), ("TERM", 143), ("HUP", 129)])
    func interruption(signal: String, status: Int) throws {
        let images = try Self.manyImages()
        let folder = try TemporaryFolder()
        // A shell has its background jobs ignore SIGINT.
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"
            for format in json jsonl; do
              env --default-signal=INT "$XCEPTION" --quiet -k 1 --format $format -o out.$format --report report-$format.html "$IMAGES" &
              while kill -0 $! && ! grep -qs '"path"' out.$format*; do sleep 0.02; done
              kill -SIGNAL $!; wait $!; echo $?
            done
            ls
            """#.replacing("SIGNAL", with: signal), environment: ["FOLDER": folder.path, "IMAGES": images.path])
        #expect(outcome.errors.isEmpty)
        #expect(outcome.output.split(separator: "\n").map(String.init)
            == ["\(status)", "\(status)", "out.json", "out.jsonl", "report-json.html", "report-jsonl.html"])

        let expected = (1...400).map { images.path + "/\($0).png" }
        let data = try Data(contentsOf: URL(filePath: folder.path + "/out.json"))
        let document = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        let results = try #require(document["results"] as? [[String: Any]])
        #expect((1..<400).contains(results.count))
        #expect(results.compactMap { $0["path"] as? String } == Array(expected.prefix(results.count)))
        #expect(results.allSatisfy { $0["predictions"] != nil })
        #expect((document["summary"] as? [String: Any])?["images"] as? Int == results.count)
        #expect(try ReportTests.results(folder.path + "/report-json.html").count == results.count)

        let lines = try String(contentsOfFile: folder.path + "/out.jsonl", encoding: .utf8)
        let paths = try InputTests.paths(lines)
        #expect((1..<400).contains(paths.count) && lines.hasSuffix("}\n"))
        #expect(paths == Array(expected.prefix(paths.count)))
    }

    @Test("Interrupted while it waits for a list's next path")
    func waiting() throws {
        let outcome = try Program.shell(
            #"""
            coproc X { exec "$XCEPTION" --quiet --files-from - --format jsonl -k 1; }
            echo "$PHOTOS/coffee.jpg" >&${X[1]}; read -r line <&${X[0]}; echo "$line"
            printf half-a-path >&${X[1]}; kill -TERM $X_PID; wait $X_PID; echo $?
            """#)
        #expect(outcome.errors.isEmpty)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains("espresso") && lines[1] == "143")
    }

    @Test("Ctrl-\\ ends the program at once, and is no crash")
    func quit() throws {
        let outcome = try Program.shell(
            #"""
            ulimit -c 0
            coproc X { exec env --default-signal=QUIT "$XCEPTION" --files-from - --format jsonl -k 1; }
            echo "$PHOTOS/coffee.jpg" >&${X[1]}; read -r line <&${X[0]}; echo "$line"
            kill -QUIT $X_PID; wait $X_PID; echo $?
            """#)
        #expect(!outcome.errors.contains("crashed"))
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains("espresso") && lines[1] == "131")
    }

    @Test("The first failure in input order is the last answer", arguments: ["jsonl", "csv"])
    func failFast(format: String) throws {
        let (text, missing) = (Program.odd + "/text.jpg", Program.odd + "/missing.jpg")
        let outcome = try Program.run(
            ["--fail-fast", "-k1", "--format", format, ClassifyTests.cat, ClassifyTests.coffee, text, ClassifyTests.cat, missing])
        #expect(outcome.status == 1)
        let lines = outcome.output.split(separator: "\n").drop { $0.hasPrefix("path,") }
        #expect(lines.count == 3)
        #expect(lines.last?.contains("unsupported_format") == true)
        #expect(outcome.errorLines.count == 1 && outcome.errors.contains(text))
    }

    @Test("A run that stops at a failure leaves an older output as it was")
    func failFastOverOlderOutput() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; "$XCEPTION" -k 1 -o out.json "$PHOTOS/chelsea.png"; cp out.json before
            "$XCEPTION" --fail-fast -k 1 -o out.json "$PHOTOS/coffee.jpg" missing.jpg "$PHOTOS/chelsea.png"; echo $?
            cmp out.json before && grep -c espresso out.json.*.partial
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output == "1\n1\n")
        #expect(outcome.errorLines.count == 2)
        #expect(outcome.errorLines.last?.hasPrefix("xception: out.json: not replaced: the run did not finish;") == true)
    }

    @Test("A reader that goes away ends the program quietly, its progress bar erased")
    func closedPipe() throws {
        let images = try Self.manyImages()
        let outcome = try Program.terminal(
            #""$XCEPTION" --format jsonl "$IMAGES" | { read -r a; read -r b; }; echo "status ${PIPESTATUS[0]}""#,
            environment: ["IMAGES": images.path])
        #expect(outcome.output.hasSuffix("\r\u{1B}[Kstatus 0\r\n"))
        #expect(!outcome.output.contains("xception:"))
    }
}
