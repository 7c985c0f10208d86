import Foundation
import Platform
import TestSupport
import Testing
import Xception

@testable import XceptionCLI

/// `embed`: the backbone's features as a NumPy array, lines of JSON and CSV.
@Suite(.serialized, .timeLimit(.minutes(5))) struct EmbedTests {
    /// The rows of an array, by the rules of NumPy Enhancement Proposal 1.
    static func rows(_ file: String) throws -> [[Float]] {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
        try #require(bytes.starts(with: [0x93] + Array("NUMPY".utf8) + [1, 0]))
        let length = Int(bytes[8]) + 256 * Int(bytes[9])
        let header = String(decoding: bytes[10..<10 + length], as: UTF8.self)
        #expect((10 + length).isMultiple(of: 64) && header.hasSuffix("\n"))
        let shape = try #require(header.wholeMatch(of: /\{'descr': '<f4', 'fortran_order': False, 'shape': \((\d+), (\d+)\), \} *\n/))
        let (count, width) = (Int(shape.1)!, Int(shape.2)!)
        let values = bytes[(10 + length)...]
        try #require(values.count == 4 * count * width)
        return values.withUnsafeBytes { values in
            (0..<count).map { row in
                (0..<width).map { values.loadUnaligned(fromByteOffset: 4 * (row * width + $0), as: Float.self) }
            }
        }
    }

    static func embedding(_ line: some StringProtocol) throws -> [Float] {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return try #require(object?["embedding"] as? [NSNumber]).map(\.floatValue)
    }

    @Test("The array holds Keras' average pool of each image that can be read, the text file the paths; JSON and CSV hold the same numbers")
    func formats() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; cp "$PHOTOS/chelsea.png" "$PHOTOS/coffee.jpg" .; x() { "$XCEPTION" embed --quiet "$@" coffee.jpg missing.jpg chelsea.png; echo $?; }
            x -o p.npy; cat p.txt; x -o p.npy; x -o p.jsonl; x -o p.csv; x -o p.csv; wc -l < p.csv; ls
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.errors.isEmpty)
        #expect(outcome.output.split(separator: "\n").map(String.init) == [
            "1", "coffee.jpg", "chelsea.png", "1", "1", "1", "1", "4", "chelsea.png", "coffee.jpg", "p.csv", "p.jsonl", "p.npy", "p.txt",
        ])
        let rows = try Self.rows(folder.path + "/p.npy")
        let expected = try Goldens("network").values("features/chelsea.png")
        #expect(rows.count == 2 && largestDifference(rows[1], expected) < 1e-4 * expected.max()!)

        let lines = try String(contentsOfFile: folder.path + "/p.jsonl", encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 3 && lines[0].hasPrefix(#"{"path": "coffee.jpg", "width": 600, "height": 400, "embedding": ["#))
        #expect(lines[1].contains(#""error": {"code": "not_found""#))
        #expect(try [Self.embedding(lines[0]), Self.embedding(lines[2])] == rows)
        let cells = try String(contentsOfFile: folder.path + "/p.csv", encoding: .utf8).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(cells[0].prefix(5) == ["path", "width", "height", "error", "feature_0"] && cells[2][3] == "not_found")
        #expect(cells.allSatisfy { $0.count == 4 + 2048 } && cells[3].dropFirst(4).map { Float($0)! } == rows[1])
    }

    @Test("--normalize gives unit length and the same direction; zeros stay")
    func normalize() throws {
        let outcome = try Program.run(["embed", "--normalize", ClassifyTests.cat])
        let unit = try Self.embedding(outcome.output)
        #expect(abs(unit.reduce(0) { $0 + Double($1) * Double($1) } - 1) < 1e-6)
        #expect(unit == EmbeddingTask.normalized(try Self.embedding(try Program.run(["embed", ClassifyTests.cat]).output)))
        #expect(EmbeddingTask.normalized([0, 0]) == [0, 0])
    }

    @Test("Lines are read back as they were written, to the bit of every number")
    func lines() throws {
        let features: [Float] = [0, 1, 1.2345678e-7, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1, -2.5e-5, 1e20]
        let record = ImageRecord(
            name: ImageName(path: FilePath("a")),
            outcome: .success(ImageResult(width: 1, height: 2, value: Embedding(features: features), timing: ImageTiming())))
        let text = RecordLine(record, origin: RecordOrigin(model: "m", settings: "s")).text
        #expect(try RecordLine<Embedding>(Array(text.utf8)).record.outcome.get().value.features == features)
        #expect(try RecordLine<Embedding>(Array(text.utf8)).text == text)
    }

    @Test("A resumed run keeps what is there, of the same settings alone; classify's lines are others")
    func resume() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; x() { "$XCEPTION" embed --resume -o p.jsonl "$@"; echo $?; }; x "$PHOTOS/coffee.jpg"; cp p.jsonl before
            x "$PHOTOS/coffee.jpg" "$PHOTOS/chelsea.png"; head -1 p.jsonl | cmp - before; wc -l < p.jsonl; head -c 100 before > p.jsonl; x "$PHOTOS/coffee.jpg"
            wc -l < p.jsonl; x --normalize "$PHOTOS/coffee.jpg"; "$XCEPTION" --resume -o p.jsonl "$PHOTOS/coffee.jpg"; echo $?
            "$XCEPTION" embed -o p.jsonl "$PHOTOS/coffee.jpg"; echo $?
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output == "0\n0\n2\n0\n1\n2\n2\n2\n")
        #expect(outcome.errorLines.count == 3 && outcome.errorLines[0].contains("comes from another run"))
        #expect(outcome.errorLines[1].contains("line 1 is not a result of this program") && outcome.errorLines[2].contains("--resume"))
    }

    @Test("Frames are answered one by one")
    func framed() throws {
        let cat = [UInt8](try Data(contentsOf: URL(filePath: ClassifyTests.cat)))
        let frame = withUnsafeBytes(of: UInt32(cat.count).littleEndian) { Array($0) } + cat
        let outcome = try Program.run(["embed", "--framed"], input: Data(frame + [0, 0, 0, 0] + frame))
        let lines = outcome.output.split(separator: "\n")
        #expect(outcome.status == 1 && lines.count == 3)
        #expect(lines[0].hasPrefix(#"{"frame": 0, "path": "-", "width": 451, "height": 300, "embedding": ["#))
        #expect(lines[1].contains("empty_file"))
        #expect(try Self.embedding(lines[0]) == Self.embedding(lines[2]))
    }

    @Test("An array or a list of paths of others is not replaced, nor one that was changed; an array needs a file")
    func foreignArrays() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; x() { "$XCEPTION" embed -o p.npy "$PHOTOS/coffee.jpg"; echo $?; }
            x; echo mine >> p.txt; x; x | cat; sed -i '$d' p.txt; x; printf x >> p.npy; x; rm p.npy; x; rm p.txt; echo mine > p.npy; x; cat p.npy; ls
            "$XCEPTION" embed --format npy "$PHOTOS/coffee.jpg"; echo $?; "$XCEPTION" embed --json "$PHOTOS/coffee.jpg"; echo $?
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output.split(separator: "\n").map(String.init) == [
            "0", "2", "2", "0", "2", "2", "2", "mine", "p.npy", "64", "64",
        ])
        #expect(outcome.errors.contains("npy needs a file") && outcome.errors.contains("writes npy, jsonl or csv"))
    }

    @Test("The header of an array has one length, whatever it counts")
    func header() throws {
        for (rows, width) in [(0, 2048), (1, 1), (1_000_000_000, 2048), (Int.max, Int.max)] {
            let bytes = NPYHeader(rows: rows, width: width).bytes
            #expect(bytes.count == 128 && bytes.last == UInt8(ascii: "\n"))
        }
    }
}
