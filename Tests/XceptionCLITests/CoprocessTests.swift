import Foundation
import TestSupport
import Testing

/// The program as another program's helper: paths or images in, a line of JSON out for each.
@Suite(.serialized, .timeLimit(.minutes(10))) struct CoprocessTests {
    /// A frame: length and bytes.
    static func frame(_ bytes: Data) -> Data {
        withUnsafeBytes(of: UInt32(bytes.count).littleEndian) { Data($0) } + bytes
    }

    private static func lines(_ output: String) throws -> [[String: Any]] {
        try output.split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test("Frames are numbered and come out in order; one that is no image is a failure, and its bytes are passed over")
    func frames() throws {
        let cat = try Data(contentsOf: URL(filePath: ClassifyTests.cat))
        let coffee = try Data(contentsOf: URL(filePath: ClassifyTests.coffee))
        let frames = [cat, Data("no image".utf8), Data(), coffee, Data(repeating: 7, count: 300_000), cat]
        let input = frames.map(Self.frame).reduce(Data(), +)
        let outcome = try Program.run(["--framed", "-k", "1", "--quiet"], input: input)
        #expect(outcome.status == 1 && outcome.errors.isEmpty)
        let lines = try Self.lines(outcome.output)
        #expect(lines.map { $0["frame"] as? Int } == [0, 1, 2, 3, 4, 5])
        #expect(lines.allSatisfy { $0["path"] as? String == "-" })
        #expect(outcome.output.hasPrefix(#"{"frame": 0, "path": "-", "width": 451, "height": 300, "predictions": ["#))
        let codes = lines.map { ($0["error"] as? [String: String])?["code"] }
        #expect(codes == [nil, "unsupported_format", "empty_file", nil, "unsupported_format", nil])
        let labels = lines.map { ($0["predictions"] as? [[String: Any]])?.first?["label"] as? String }
        #expect(labels == ["Egyptian cat", nil, nil, "espresso", nil, "Egyptian cat"])
    }

    @Test("A frame is answered before the next is sent; the end between frames is a clean end")
    func turnByTurn() throws {
        let outcome = try Program.shell(
            #"""
            coproc X { exec "$XCEPTION" --framed -k 1; }
            for n in coffee.jpg chelsea.png coffee.jpg; do
              size=$(stat -c %s "$PHOTOS/$n"); printf "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $((size & 255)) $((size >> 8 & 255)) $((size >> 16)) 0)" >&${X[1]}
              cat "$PHOTOS/$n" >&${X[1]}; read -r line <&${X[0]}; echo "$line"
            done
            exec {X[1]}>&-; wait $X_PID; echo "status $?"
            """#)
        #expect(outcome.errors.isEmpty)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 4 && lines.last == "status 0")
        #expect(zip(lines, ["espresso", "Egyptian cat", "espresso"]).allSatisfy { $0.contains($1) })
        #expect(try Program.run(["--framed"]).status == 0)
    }

    @Test("What cannot be a frame ends the run with a line; frames before it are answered", arguments: [
        (Data([0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3]), "a length of 4294967295 bytes"),
        (Data([1, 0]), "ended after 2 of 4 bytes of the length"),
        (Data([10, 0, 0, 0, 1, 2]), "ended after 2 of 10 bytes of the image"),
        (Data([10, 0, 0, 0]), "ended after 0 of 10 bytes of the image"),
    ])
    func torn(rest: Data, says: String) throws {
        let cat = try Data(contentsOf: URL(filePath: ClassifyTests.cat))
        let outcome = try Program.run(["--framed", "-k", "1"], input: Self.frame(cat) + rest)
        #expect(outcome.status == 2)
        #expect(outcome.output.contains("Egyptian cat") && outcome.output.split(separator: "\n").count == 1)
        #expect(outcome.errorLines.count == 1 && outcome.errors.contains("frame 1: ") && outcome.errors.contains(says))
    }

    @Test("--max-pixels raises the limit of a frame's bytes, too")
    func largeFrame() throws {
        let header = withUnsafeBytes(of: UInt32(600 << 20).littleEndian) { Data($0) }
        #expect(try Program.run(["--framed"], input: header).errors.contains("a length of 629145600 bytes; expected"))
        let outcome = try Program.run(["--framed", "--max-pixels", "300000000"], input: header)
        #expect(outcome.errors == "xception: frame 0: standard input ended after 0 of 629145600 bytes of the image\n")
    }

    @Test("Frames go with JSON lines on standard input, and nothing else", arguments: [
        ["--framed", "a.jpg"], ["--framed", "--json"], ["--framed", "--format", "csv"], ["--framed", "--files-from", "-"],
        ["--framed", "-o", "x", "--resume"],
    ])
    func usage(arguments: [String]) throws {
        #expect(try Program.run(arguments).status == 64)
    }

    @Test("A list that cannot be read to its end leaves the results before it, in every format")
    func endlessList() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; { echo "$PHOTOS/coffee.jpg"; cat /dev/zero; } | "$XCEPTION" --format csv -o out.csv --files-from -; echo "${PIPESTATUS[1]}"
            cut -d, -f5 out.csv
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output == "2\nlabel_1\nespresso\n")
        #expect(outcome.errors.contains("expected a list of paths"))
    }
}
