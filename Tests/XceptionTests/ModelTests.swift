import Foundation
import ModelFiles
import Platform
import TestSupport
import Testing
import Xception

/// Opening of model files by a model.
@Suite struct ModelTests {
    static let input = try! randomInput(seed: 1, height: 71, width: 71)

    @Test("A backbone that lacks a tensor, or has one of another shape")
    func backbone() throws {
        let folder = try TemporaryFolder()
        let missing = try folder.write(
            "missing", altered(ShippedFiles.backbone, "block7_sepconv2/bias", "block7_sepconv2/bios"))
        #expect(throws: ModelFileError.missingTensor(path: missing, name: "block7_sepconv2/bias")) {
            try Model(backbone: Backbone(path: missing), head: ShippedModel.head)
        }
        let shape = try folder.write("shape", altered(ShippedFiles.backbone, "[3,3,3,32]", "[3,3,32,3]"))
        #expect(throws: ModelFileError.wrongShape(
            path: shape, name: "block1_conv1/kernel", found: [3, 3, 32, 3], expected: [3, 3, 3, 32])
        ) { try Model(backbone: Backbone(path: shape), head: ShippedModel.head) }
    }

    @Test("A head for another backbone")
    func head() throws {
        let folder = try TemporaryFolder()
        let foreign = try folder.write("foreign", smallHead("none's").serialized())
        #expect(throws: ModelFileError.mismatch(head: foreign, backbone: ShippedFiles.backbone)) {
            try Model(backbone: ShippedModel.backbone, head: Head(path: foreign))
        }
    }

    @Test("Where tensors begin in the file changes nothing")
    func alignment() throws {
        let folder = try TemporaryFolder()
        let aligned = try Data(contentsOf: URL(filePath: ShippedFiles.head.text))
        let length = Int(aligned.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
        let expected = try ShippedModel.model.logits(Self.input)
        for shift in [1, 2, 3] {
            let header = aligned[8..<8 + length] + Data(repeating: UInt8(ascii: " "), count: shift)
            let bytes = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header + aligned[(8 + length)...]
            let head = try Head(path: folder.write("shifted", bytes))
            #expect(try Model(backbone: ShippedModel.backbone, head: head).logits(Self.input) == expected)
        }
    }

    @Test("A head says where images are prepared otherwise than its backbone does")
    func preprocessing() throws {
        let folder = try TemporaryFolder()
        let backbone = ShippedModel.backbone
        func preprocessor(_ metadata: [MetadataKey: String]) throws -> Preprocessor {
            let head = try Head(path: folder.write("small", smallHead(backbone.sha256, metadata).serialized()))
            return try Model(backbone: backbone, head: head).extractor.preprocessor
        }
        var expected = try Preprocessor(backbone)
        #expect(expected == Preprocessor())
        #expect(try preprocessor([:]) == expected)
        expected.size = 150
        expected.filter = .nearest
        #expect(try preprocessor([.inputSize: "150", .resample: "nearest"]) == expected)
        #expect(try preprocessor([.views: "2"]).views == 2)
        for views in ["0", "3", "two"] { #expect(throws: ModelFileError.self) { try preprocessor([.views: views]) } }
        #expect(throws: ModelFileError.self) { try preprocessor([.resize: "crop:298"]) }
        for size in ["70", "1025", "9223372036854775807", "99999999999999999999", "-299", "", "3e2"] {
            #expect(throws: ModelFileError.wrongMetadata(
                path: FilePath(folder.path).appending("small"), key: .inputSize, found: size, expected: "a number of 71 to 1024")
            ) { try preprocessor([.inputSize: size]) }
        }
        #expect(throws: ModelFileError.self) { try preprocessor([.resize: "crop:9223372036854775807"]) }
        #expect(throws: ModelFileError.self) { try preprocessor([.inputStandardDeviation: "0.5,0,0.5"]) }
        #expect(throws: ModelFileError.self) { try preprocessor([.inputStandardDeviation: "1e-45,1e-45,1e-45"]) }
        #expect(throws: ModelFileError.self) { try preprocessor([.inputMean: "0.5,nan,0.5"]) }
    }

    /// A file with one element of a tensor replaced.
    func file(_ original: FilePath, _ name: String, element: Int, _ value: Float, in folder: TemporaryFolder) throws -> FilePath {
        let file = try SafetensorsFile(path: original)
        let tensor = try file.tensor(name)
        let data = try #require(file.tensors.values.map { $0.bytes.baseAddress! }.min())
        var bytes = try Data(contentsOf: URL(filePath: original.text))
        let header = bytes.withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
        let offset = 8 + header + (tensor.bytes.baseAddress! - data) + element * tensor.elementType.size
        switch tensor.elementType {
        case .float16: withUnsafeBytes(of: Float16(value)) { bytes.replaceSubrange(offset..<offset + 2, with: $0) }
        case .float32: withUnsafeBytes(of: value) { bytes.replaceSubrange(offset..<offset + 4, with: $0) }
        }
        return try folder.write("changed", bytes)
    }

    // Which values are found, and where, is VerificationTests'.
    @Test(
        "NaN or infinity among a backbone's weights gives an error, not a label",
        arguments: [("block5_sepconv1/pointwise_kernel", Float.nan), ("block1_conv1/bias", -.infinity)])
    func notFinite(tensor: String, value: Float) throws {
        let folder = try TemporaryFolder()
        let path = try file(ShippedFiles.backbone, tensor, element: 5, value, in: folder)
        #expect(throws: InferenceError.modelFile(.corrupt(path: path, reason: "\(tensor.debugDescription) holds NaN or infinity"))) {
            try Model(backbone: Backbone(path: path), head: ShippedModel.head).logits(Self.input)
        }
    }

    @Test("A head for another number of features is refused")
    func features() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("narrow", smallHead(ShippedModel.backbone.sha256, features: 1024).serialized())
        #expect(throws: ModelFileError.wrongShape(path: path, name: "predictions/kernel", found: [1024, 1], expected: [2048, 1])) {
            try Model(backbone: ShippedModel.backbone, head: Head(path: path))
        }
    }

    @Test("Weights so large that nothing finite comes out give an error, too")
    func overflow() throws {
        let folder = try TemporaryFolder()
        let layer = Head.Dense(kernel: [Float](repeating: 3e38, count: 2048), bias: [0])
        let large = try folder.write("large", Head.file(
            name: "large", classes: [ClassLabel(id: "0", label: "cat")], activation: .sigmoid, layers: [layer],
            backboneSHA256: ShippedModel.backbone.sha256).serialized())
        #expect(throws: InferenceError.modelFile(.corrupt(path: large, reason: "its weights produce NaN or infinity"))) {
            try Model(backbone: ShippedModel.backbone, head: Head(path: large)).logits(Self.input)
        }
    }

    @Test("No answer comes from a model file that changed after it was opened")
    func changes() throws {
        let folder = try TemporaryFolder()
        func copy(_ file: FilePath, _ name: String) throws -> FilePath {
            let path = try folder.write(name, Data(contentsOf: URL(filePath: file.text)))
            try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: path.text)
            return path
        }
        for changesHead in [false, true] {
            let (backbone, head) = (try copy(ShippedFiles.backbone, "backbone"), try copy(ShippedFiles.head, "head"))
            let model = try Model(backbone: Backbone(path: backbone), head: Head(path: head))
            let session = InferenceSession(model.extractor, threads: 1)
            _ = try session.scores(Self.input, model.headWeights)
            let changed = changesHead ? head : backbone
            let descriptor = changed.withCString { open($0, O_WRONLY) }
            #expect(pwrite(descriptor, [0, 0], 2, 100_000) == 2)
            close(descriptor)
            #expect(throws: InferenceError.modelFile(.changed(path: changed))) { try session.scores(Self.input, model.headWeights) }
            #expect(throws: InferenceError.modelFile(.changed(path: changed))) { try session.logits(Self.input, model.headWeights) }
        }
    }

    @Test("The same in a head")
    func notFiniteHead() throws {
        let folder = try TemporaryFolder()
        for tensor in ["predictions/kernel", "predictions/bias"] {
            let path = try file(ShippedFiles.head, tensor, element: 7, .nan, in: folder)
            #expect(throws: InferenceError.modelFile(.corrupt(path: path, reason: "\(tensor.debugDescription) holds NaN or infinity"))) {
                try Model(backbone: ShippedModel.backbone, head: Head(path: path)).logits(Self.input)
            }
        }
    }
}
