import Foundation
import Testing
import Xception

/// A folder that goes when the test does.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "xception-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ name: String, _ bytes: Data) throws -> String {
        let file = url.appending(path: name)
        try bytes.write(to: file)
        return file.path
    }
}

/// A file of the format: header, then data.
func safetensors(_ header: String, data: Int = 0) -> Data {
    var length = UInt64(header.utf8.count).littleEndian
    return Data(bytes: &length, count: 8) + Data(header.utf8) + Data(count: data)
}

@Suite struct ModelFileTests {
    static let models = (0..<3).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        .appending(path: "Models")
    static let backbone = models.appending(path: "xception-backbone.safetensors").path
    static let head = models.appending(path: "imagenet.head.safetensors").path

    /// The error of opening a file of such bytes, which must be one line that names the file.
    func openingError(_ bytes: Data) throws -> ModelFileError {
        let folder = try TemporaryFolder()
        let file = try folder.write("model.safetensors", bytes)
        let error = try #require(throws: ModelFileError.self) { try SafetensorsFile(path: file) }
        #expect(error.description.hasPrefix(file))
        #expect(!error.description.contains("\n"))
        return error
    }

    static let headers = [
        "not JSON": "{",
        "an array": "[]",
        "metadata that are no strings": #"{"__metadata__": {"a": 1}}"#,
        "no data type": #"{"a": {"shape": [1], "data_offsets": [0, 4]}}"#,
        "three offsets": #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4, 8]}}"#,
        "another data type": #"{"a": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}"#,
        "a shape too large": #"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}"#,
        "a shape beyond all numbers": #"{"a": {"dtype": "F32", "shape": [4611686018427387904, 4], "data_offsets": [0, 4]}}"#,
        "a number beyond all numbers": #"{"a": {"dtype": "F32", "shape": [99999999999999999999], "data_offsets": [0, 4]}}"#,
        "a negative dimension": #"{"a": {"dtype": "F32", "shape": [-1, -1], "data_offsets": [0, 4]}}"#,
        "an empty dimension": #"{"a": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}}"#,
        "offsets backwards": #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}}"#,
        "a negative offset": #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]}}"#,
        "offsets behind the end": #"{"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}"#,
        "a line break and a terminal's escape in names": #"{"a\n\u001b[2J": {"dtype": "F\n\u001b32", "shape": [1], "data_offsets": [0, 4]}}"#,
        "lists in lists": String(repeating: "[", count: 100_000),
        "tensors over each other":
            #"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "b": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}"#,
    ]

    @Test("A header that contradicts itself or the format", arguments: headers.keys.sorted())
    func header(kind: String) throws {
        let error = try openingError(safetensors(Self.headers[kind]!, data: 8))
        guard case .notSafetensors = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test("A file that ends anywhere in its header or its data")
    func truncation() throws {
        let whole = safetensors(#"{"a": {"dtype": "F16", "shape": [2, 3], "data_offsets": [0, 12]}}"#, data: 12)
        for length in 0..<whole.count {
            guard case .notSafetensors = try openingError(whole.prefix(length)) else {
                Issue.record("\(length) of \(whole.count) bytes are accepted")
                return
            }
        }
        let folder = try TemporaryFolder()
        let file = try SafetensorsFile(path: folder.write("whole.safetensors", whole))
        #expect(file.tensors["a"]?.shape == [2, 3])
    }

    @Test("Files that are something else")
    func others() throws {
        for bytes in [Data(), Data("A text, by no means a model.".utf8), Data(repeating: 0xFF, count: 100), Data(count: 64)] {
            guard case .notSafetensors = try openingError(bytes) else {
                Issue.record("\(bytes.count) bytes are accepted")
                return
            }
        }
        #expect(throws: ModelFileError.self) { try SafetensorsFile(path: "/nowhere/model.safetensors") }
        #expect(throws: ModelFileError.self) { try SafetensorsFile(path: NSTemporaryDirectory()) }
    }

    /// The shipped file with `pattern` replaced in its header by as many bytes.
    func altered(_ file: String, _ pattern: String, _ replacement: String) throws -> Data {
        precondition(pattern.utf8.count == replacement.utf8.count)
        var bytes = try Data(contentsOf: URL(filePath: file))
        let range = try #require(bytes.prefix(60_000).range(of: Data(pattern.utf8)), "no \(pattern) in \(file)")
        bytes.replaceSubrange(range, with: Data(replacement.utf8))
        return bytes
    }

    @Test("A backbone that lacks a tensor, or has one of another shape or meaning")
    func backbone() throws {
        let folder = try TemporaryFolder()
        let head = try Head(path: Self.head)
        let missing = try folder.write("missing", altered(Self.backbone, "block7_sepconv2/bias", "block7_sepconv2/bios"))
        #expect(throws: ModelFileError.missingTensor(path: missing, name: "block7_sepconv2/bias")) {
            try Classifier(backbone: Backbone(path: missing), head: head)
        }
        let shape = try folder.write("shape", altered(Self.backbone, "[3,3,3,32]", "[3,3,32,3]"))
        #expect(throws: ModelFileError.wrongShape(
            path: shape, name: "block1_conv1/kernel", found: [3, 3, 32, 3], expected: [3, 3, 3, 32])
        ) { try Classifier(backbone: Backbone(path: shape), head: head) }
        let padding = try folder.write("padding", altered(Self.backbone, #""pool_padding":"same""#, #""pool_padding":"some""#))
        #expect(throws: ModelFileError.wrongMetadata(
            path: padding, key: "pool_padding", found: "some", expected: "same or symmetric")
        ) { try Backbone(path: padding) }
        #expect(throws: ModelFileError.self) { try Backbone(path: Self.head) }
        #expect(throws: ModelFileError.self) { try Head(path: Self.backbone) }
    }

    @Test("A head for another backbone, or with other classes than outputs")
    func head() throws {
        let folder = try TemporaryFolder()
        let backbone = try Backbone(path: Self.backbone)
        let other = String(backbone.sha256.reversed())
        let foreign = try folder.write("foreign", altered(Self.head, backbone.sha256, other))
        #expect(throws: ModelFileError.mismatch(head: foreign, backbone: Self.backbone)) {
            try Classifier(backbone: backbone, head: Head(path: foreign))
        }
        let classes = try folder.write("classes", altered(Self.head, "[2048,1000]", "[1000,2048]"))
        #expect(throws: ModelFileError.wrongShape(
            path: classes, name: "predictions/kernel", found: [1000, 2048], expected: [2048, 1000])
        ) { try Head(path: classes) }
    }

    @Test("A head that names no layers, or layers it does not have")
    func layers() throws {
        let folder = try TemporaryFolder()
        func error(_ layers: String) throws -> ModelFileError {
            let file = try folder.write("small", smallHead("none", ["layers": layers]))
            let error = try #require(throws: ModelFileError.self) { try Head(path: file) }
            #expect(error.description.hasPrefix(file))
            #expect(!error.description.contains("\n"))
            return error
        }
        let file = folder.url.appending(path: "small").path
        for layers in ["[]", "{}", "[1]", "predictions", "[\"predictions\""] {
            #expect(try error(layers) == .wrongMetadata(
                path: file, key: "layers", found: layers, expected: "a JSON list of layer names"))
        }
        #expect(try error(#"["a\nb", "predictions"]"#) == .missingTensor(path: file, name: "a\nb/kernel"))
        #expect(try error(#"["predictions", "predictions"]"#)
            == .wrongShape(path: file, name: "predictions/kernel", found: [2048, 1], expected: [1, 1]))
    }

    @Test("Bytes changed at random are refused in one line, or do no harm")
    func randomChanges() throws {
        let folder = try TemporaryFolder()
        let whole = try smallHead("none")
        let header = whole.count - 4100
        var state: UInt64 = 2017
        func draw(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let characters = Array("{}[]\",:-0915.eE\\ \n".utf8)
        for _ in 0..<2000 {
            var bytes = whole
            for _ in 0..<1 + draw(3) {
                let place = draw(header)
                // A single bit, or a character that means something in JSON.
                bytes[place] = draw(2) == 0 ? bytes[place] ^ (1 << draw(8)) : characters[draw(characters.count)]
            }
            let file = try folder.write("changed", bytes)
            switch Result(catching: { () throws(ModelFileError) in try Head(path: file) }) {
            case .success(let head):
                #expect(head.layers.last?.channels == head.classes.count)
            case .failure(let error):
                #expect(error.description.hasPrefix(file))
                #expect(!error.description.contains("\n"))
            }
        }
    }

    @Test("Where tensors begin in the file changes nothing")
    func alignment() throws {
        let folder = try TemporaryFolder()
        let backbone = try Backbone(path: Self.backbone)
        let aligned = try Data(contentsOf: URL(filePath: Self.head))
        let input = InputTensor(height: 71, width: 71, values: (0..<71 * 71 * 3).map { Float($0 % 255) / 127.5 - 1 })
        let expected = try Classifier(backbone: backbone, head: Head(path: Self.head)).makeSession(threads: 1).logits(input)
        for shift in [1, 2, 3] {
            var length = (aligned.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) } + UInt64(shift)).littleEndian
            // Spaces before a header are JSON's.
            let bytes = Data(bytes: &length, count: 8) + Data(repeating: UInt8(ascii: " "), count: shift) + aligned.dropFirst(8)
            let head = try Head(path: folder.write("shifted", bytes))
            #expect(try Classifier(backbone: backbone, head: head).makeSession(threads: 1).logits(input) == expected)
        }
    }

    @Test("The shipped files are what their checksums say; a flipped bit is found")
    func verification() throws {
        try SafetensorsFile(path: Self.head).verify()
        try SafetensorsFile(path: Self.backbone).verify()
        var bytes = try Data(contentsOf: URL(filePath: Self.head))
        bytes[bytes.count - 1000] ^= 1
        let folder = try TemporaryFolder()
        let damaged = try folder.write("damaged", bytes)
        #expect(throws: ModelFileError.self) { try SafetensorsFile(path: damaged).verify() }
    }

    @Test("Files are looked for in order, and an explicit one wins")
    func locator() throws {
        let (first, second) = (try TemporaryFolder(), try TemporaryFolder())
        let locator = ModelLocator(places: [
            .init(name: "first", directory: first.url.path), .init(name: "second", directory: second.url.path),
        ])
        #expect(throws: ModelFileError.notFound(file: ModelLocator.headFile, searched: [first.url.path, second.url.path])) {
            try locator.head()
        }
        let fallback = try second.write(ModelLocator.headFile, Data())
        #expect(try locator.head() == fallback)
        let preferred = try first.write(ModelLocator.headFile, Data())
        #expect(try locator.head() == preferred)
        #expect(locator.all(ModelLocator.headFile).map(\.path) == [preferred, fallback])
        let named = try second.write("birds.head.safetensors", Data())
        #expect(try locator.head("birds") == named)
        #expect(try locator.head("/some/where.safetensors") == "/some/where.safetensors")
    }

    /// A head of one class for the backbone of that hash.
    func smallHead(_ backboneSHA256: String, _ metadata: [String: String] = [:]) throws -> Data {
        let metadata = [
            "format": "xception.head/1", "name": "small", "activation": "sigmoid", "data_sha256": "",
            "backbone_sha256": backboneSHA256, "classes": #"[{"id": "0", "label": "cat"}]"#,
        ].merging(metadata) { $1 }
        let text = String(decoding: try JSONEncoder().encode(metadata), as: UTF8.self)
        return safetensors(
            #"{"__metadata__": \#(text), "predictions/kernel": {"dtype": "F16", "shape": [2048, 1], "data_offsets": [0, 4096]}, "#
                + #""predictions/bias": {"dtype": "F32", "shape": [1], "data_offsets": [4096, 4100]}}"#,
            data: 4100)
    }

    @Test("A head says where images are prepared otherwise than its backbone does")
    func preprocessing() throws {
        let folder = try TemporaryFolder()
        let backbone = try Backbone(path: Self.backbone)
        func classifier(_ metadata: [String: String]) throws -> Classifier {
            try Classifier(backbone: backbone, head: Head(path: folder.write("small", smallHead(backbone.sha256, metadata))))
        }
        #expect(try classifier([:]).preprocessor == backbone.preprocessor)
        var expected = backbone.preprocessor
        expected.size = 150
        expected.filter = .nearest
        #expect(try classifier(["input_size": "150", "resample": "nearest"]).preprocessor == expected)
        #expect(throws: ModelFileError.self) { try classifier(["resize": "crop:298"]) }
        for size in ["70", "4097", "9223372036854775807", "99999999999999999999", "-299", "", "3e2"] {
            #expect(throws: ModelFileError.wrongMetadata(
                path: folder.url.appending(path: "small").path, key: "input_size", found: size, expected: "a number of 71 to 4096")
            ) { try classifier(["input_size": size]) }
        }
        #expect(throws: ModelFileError.self) { try classifier(["resize": "crop:9223372036854775807"]) }
        #expect(throws: ModelFileError.self) { try classifier(["input_std": "0.5,0,0.5"]) }
    }

    @Test("Weights that are no numbers give an error, not an answer")
    func notNumbers() throws {
        let folder = try TemporaryFolder()
        let backbone = try Backbone(path: Self.backbone)
        let input = InputTensor(height: 71, width: 71, values: [Float](repeating: 0.5, count: 71 * 71 * 3))
        let whole = try smallHead(backbone.sha256)
        for value in [Float.nan, .infinity, -.infinity] {
            // The last tensor is the bias.
            let bias = withUnsafeBytes(of: value.bitPattern.littleEndian) { Data($0) }
            let file = try folder.write("small", whole.dropLast(4) + bias)
            let session = try Classifier(backbone: backbone, head: Head(path: file)).makeSession(threads: 1)
            #expect(throws: ModelFileError.corrupt(path: file, reason: "what its weights give are no finite numbers")) {
                try session.classify(input, top: 1)
            }
        }
    }

    @Test("A head finds the backbone it was made for behind one that shadows it")
    func backboneOfHead() throws {
        let (user, shipped) = (try TemporaryFolder(), try TemporaryFolder())
        let locator = ModelLocator(places: [
            .init(name: "user", directory: user.url.path), .init(name: "shipped", directory: shipped.url.path),
        ])
        func backbone(_ sha256: String) throws -> Data {
            try altered(Self.backbone, Backbone(path: Self.backbone).sha256, sha256)
        }
        let (first, second, third) = (
            String(repeating: "1", count: 64), String(repeating: "2", count: 64), String(repeating: "3", count: 64)
        )
        let official = try user.write(ModelLocator.backboneFile, backbone(first))
        let embedded = try shipped.write(ModelLocator.backboneFile, backbone(second))
        let own = try user.write("birds-backbone.safetensors", backbone(third))
        _ = try user.write("broken-backbone.safetensors", Data())
        for (sha256, path) in [(first, official), (second, embedded), (third, own), ("none's", official)] {
            let head = try Head(path: shipped.write("some.head.safetensors", smallHead(sha256)))
            #expect(try locator.backbone(for: head).file.path == path)
        }
    }
}
