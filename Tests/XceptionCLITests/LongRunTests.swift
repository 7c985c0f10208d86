import Foundation
import TestSupport
import Testing

/// Runs over many images: going on after an interruption, answering as paths arrive.
@Suite(.serialized, .timeLimit(.minutes(10))) struct LongRunTests {
    /// The part of a line that does not depend on the clock.
    static let timeless = #"sed 's/, "milliseconds": {[^}]*}//'"#

    @Test("A torn file is completed to what an undisturbed run writes, wherever it was torn")
    func resume() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; run() { "$XCEPTION" --quiet --format jsonl -k 1 "$@" "$PHOTOS" "$ODD/text.jpg" "$PHOTOS/coffee.jpg"; }
            run -o whole.jsonl; echo $?
            size=$(stat -c %s whole.jsonl)
            for part in 0 1 300 $((size / 2)) $((size - 1)) $size; do
              head -c $part whole.jsonl > torn.jsonl; run -o torn.jsonl --resume; echo $?
              cmp <(TIMELESS whole.jsonl) <(TIMELESS torn.jsonl)
            done
            """#.replacing("TIMELESS", with: Self.timeless), environment: ["FOLDER": folder.path])
        #expect(outcome.errors.isEmpty)
        // The failure counts whichever run met it.
        #expect(outcome.output.split(separator: "\n") == Array(repeating: "1", count: 7))
    }

    @Test("A file of something else is left alone by --resume")
    func foreign() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/notes.txt"
        try Data("dear diary\n".utf8).write(to: URL(filePath: file))
        let outcome = try Program.run(["--format", "jsonl", "--resume", "-o", file, ClassifyTests.cat])
        #expect(outcome.status == 2)
        #expect(outcome.errorLines.count == 1 && outcome.errors.contains("line 1 is not a result"))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "dear diary\n")
        #expect(try Program.run(["--resume", ClassifyTests.cat]).status == 64)
    }

    @Test("A path written to the pipe is answered before the next is written")
    func coprocess() throws {
        let outcome = try Program.shell(
            #"""
            coproc X { "$XCEPTION" --quiet --files-from - --format jsonl -k 1; }
            for name in coffee.jpg chelsea.png; do echo "$PHOTOS/$name" >&${X[1]}; read -r line <&${X[0]}; echo "$line"; done
            """#)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains("espresso") && lines[1].contains("Egyptian cat"))
    }
}
