import Foundation
import ImageCodecs
import Kernels
import Xception

/// The checkout's root.
let root = (0..<3).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }

func path(_ relative: String) -> String { root.appending(path: relative).path }

/// What reference implementations computed; Scripts/goldens/make_goldens.py and
/// Scripts/goldens/make_variant_goldens.py say how.
struct Goldens {
    let file: SafetensorsFile

    init(_ name: String) throws {
        file = try SafetensorsFile(path: path("Tests/Goldens/\(name).safetensors"))
    }

    func values(_ name: String) throws -> [Float] {
        guard let tensor = file.tensors[name] else { throw CocoaError(.fileReadNoSuchFile) }
        return (0..<tensor.bytes.count / 4).map { tensor.bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
    }

    func names(prefix: String) -> [String] {
        file.tensors.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }.sorted()
    }
}

/// The shipped model, mapped once.
enum ShippedModel {
    static let backbone = try! Backbone(path: path("Models/xception-backbone.safetensors"))
    static let head = try! Head(path: path("Models/imagenet.head.safetensors"))
    static let classifier = try! Classifier(backbone: backbone, head: head)
}

/// The input a golden is called by: a photo of Tests/Fixtures/photos, `random-SEED` or
/// `random-SEED-HEIGHTxWIDTH`.
func goldenInput(_ name: String) throws -> InputTensor {
    guard name.hasPrefix("random-") else {
        let bytes = try Data(contentsOf: root.appending(path: "Tests/Fixtures/photos/\(name)"))
        return try Preprocessor().inputTensor(for: bytes.withUnsafeBytes { try decodeImage($0) })
    }
    let parts = name.split(separator: "-")
    let size = parts.count > 2 ? parts[2].split(separator: "x").map { Int($0)! } : [299, 299]
    return randomInput(seed: UInt64(parts[1])!, height: size[0], width: size[1])
}

/// `random_input` of Scripts/inputs.py: SplitMix64, the upper 24 bits as a float in [-1, 1).
func randomInput(seed: UInt64, height: Int, width: Int) -> InputTensor {
    InputTensor(height: height, width: width, values: (0..<UInt64(height * width * 3)).map { index in
        var z = seed &+ (index + 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return Float(z >> 40) / Float(1 << 23) - 1
    })
}

func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    precondition(a.count == b.count)
    return zip(a, b).map { abs($0 - $1) }.max() ?? 0
}

/// Indices of the largest values, largest first.
func best(_ count: Int, of values: [Float]) -> [Int] {
    Array(values.indices.sorted { values[$0] > values[$1] }.prefix(count))
}
