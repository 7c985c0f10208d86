import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite struct HeadTests {
    @Test("A head with other classes than outputs")
    func classes() throws {
        let folder = try TemporaryFolder()
        let classes = try folder.write("classes", altered(ShippedFiles.head, "[2048,1000]", "[1000,2048]"))
        #expect(throws: ModelFileError.wrongShape(
            path: classes, name: "predictions/kernel", found: [1000, 2048], expected: [1000, 1000])
        ) { try Head(path: classes) }
    }

    /// The error of a small head with these metadata, which must be one line that names the file.
    func error(_ key: MetadataKey, _ value: String) throws -> ModelFileError {
        let folder = try TemporaryFolder()
        let file = try folder.write("small", smallHead("none", [key: value]).serialized())
        let error = try #require(throws: ModelFileError.self) { try Head(path: file) }
        #expect(error.description.hasPrefix(file.text))
        #expect(error.description.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        return error
    }

    @Test("A head that names no layers, or layers it does not have")
    func layers() throws {
        for layers in ["[]", "{}", "[1]", "predictions", "[\"predictions\""] {
            guard case .wrongMetadata(_, .layers, layers, "a JSON list of layer names") = try error(.layers, layers) else {
                Issue.record("\(layers) is accepted")
                return
            }
        }
        guard case .missingTensor(_, "a\nb/kernel") = try error(.layers, #"["a\nb", "predictions"]"#),
            case .wrongShape(_, "predictions/kernel", [2048, 1], [1, 1]) = try error(.layers, #"["predictions", "predictions"]"#)
        else {
            Issue.record("layers that the file does not have are accepted")
            return
        }
    }

    @Test("Names that would command a terminal are refused", arguments: ["\u{1B}[31mEVIL", "\u{1B}]0;PWNED\u{7}", "two\nlines", "\u{9B}2J"])
    func controlCharacters(name: String) throws {
        let json = String(decoding: try JSONEncoder().encode(name), as: UTF8.self)
        for (key, value) in [
            (MetadataKey.name, name), (.dataSHA256, name), (.classes, #"[{"id": "0", "label": \#(json)}]"#),
            (.classes, #"[{"id": \#(json), "label": "cat"}]"#),
        ] {
            guard case .wrongMetadata(_, key, _, _) = try error(key, value) else {
                Issue.record("\(key) is accepted")
                return
            }
        }
    }

    @Test("Bytes changed at random are refused in one line, or do no harm")
    func randomChanges() throws {
        let folder = try TemporaryFolder()
        let whole = smallHead("none").serialized()
        let header = whole.count - 4 * 2049
        var generator = SplitMix64(seed: 2017)
        let characters = Array("{}[]\",:-0915.eE\\ \n".utf8)
        for _ in 0..<2000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<header, using: &generator)
                // A single bit, or a character that means something in JSON.
                bytes[place] = Bool.random(using: &generator)
                    ? bytes[place] ^ (1 << UInt8.random(in: 0..<8, using: &generator)) : characters.randomElement(using: &generator)!
            }
            let file = try folder.write("changed", bytes)
            switch Result(catching: { () throws(ModelFileError) in try Head(path: file) }) {
            case .success(let head):
                #expect(head.file.tensors["predictions/kernel"]?.shape == [2048, head.classes.count])
            case .failure(let error):
                #expect(error.description.hasPrefix(file.text))
                #expect(!error.description.contains("\n"))
            }
        }
    }
}
