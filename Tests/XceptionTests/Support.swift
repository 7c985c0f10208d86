import Foundation
import Images
import ModelFiles
import TestSupport
import Xception

/// The shipped model, mapped once.
enum ShippedModel {
    static let backbone = try! Backbone(path: ShippedFiles.backbone)
    static let head = try! Head(path: ShippedFiles.head)
    static let model = try! Model(backbone: backbone, head: head)
}

/// The shipped MobileNet.
enum ShippedMobileNet {
    static let backbone = try! Backbone(path: ShippedFiles.mobileNet)
    static let head = try! Head(path: ShippedFiles.mobileNetHead)
    static let model = try! Model(backbone: backbone, head: head)
}

extension Model {
    func logits(_ input: InputTensor, threads: Int = 1) throws -> [Float] {
        try InferenceSession(extractor, threads: threads).logits(input, headWeights)
    }
}

/// The input a golden is called by: a photo of Tests/Fixtures/photos, squashed to `size`, `random-SEED` or
/// `random-SEED-HEIGHTxWIDTH`.
func goldenInput(_ name: String, size: Int = 299) throws -> InputTensor {
    guard name.hasPrefix("random-") else {
        let bytes = try Data(contentsOf: Repository.url("Tests/Fixtures/photos/\(name)"))
        var preprocessor = Preprocessor()
        preprocessor.size = size
        return try preprocessor.inputTensor(for: bytes.withUnsafeBytes { try decodeImage($0) })
    }
    let parts = name.split(separator: "-")
    let size = parts.count > 2 ? parts[2].split(separator: "x").map { Int($0)! } : [299, 299]
    return try randomInput(seed: UInt64(parts[1])!, height: size[0], width: size[1])
}

func randomInput(seed: UInt64, height: Int, width: Int) throws -> InputTensor {
    try InputTensor(height: height, width: width, values: randomFloats(height * width * 3, seed: seed))
}

/// Indices of the largest values, largest first.
func best(_ count: Int, of values: [Float]) -> [Int] {
    Array(values.indices.sorted { values[$0] > values[$1] }.prefix(count))
}
