import Foundation
import ModelFiles
import Platform

/// The files that come with the program.
package enum ShippedFiles {
    package static let mobileNet = Repository.filePath("Models/mobilenet-backbone.safetensors")
    package static let mobileNetHead = Repository.filePath("Models/mobilenet.head.safetensors")
    package static let backbone = Repository.filePath("Models/xception-backbone.safetensors")
    package static let head = Repository.filePath("Models/imagenet.head.safetensors")
}

/// A file with `pattern` replaced in its header by as many bytes.
package func altered(_ file: FilePath, _ pattern: String, _ replacement: String) throws -> Data {
    precondition(pattern.utf8.count == replacement.utf8.count)
    var bytes = try Data(contentsOf: URL(filePath: file.text))
    guard let range = bytes.prefix(60_000).range(of: Data(pattern.utf8)) else { throw CocoaError(.formatting) }
    bytes.replaceSubrange(range, with: Data(replacement.utf8))
    return bytes
}

/// A head of one class, all zeros, for the backbone of that hash.
///
/// - Parameters:
///   - metadata: added to the usual, or in its place.
///   - features: of the backbone.
package func smallHead(
    _ backboneSHA256: String, _ metadata: [MetadataKey: String] = [:], features: Int = 2048
) -> SafetensorsWriter {
    var file = Head.file(
        name: "small", classes: [ClassLabel(id: "0", label: "cat")], activation: .sigmoid,
        layers: [Head.Dense(kernel: [Float](repeating: 0, count: features), bias: [0])], backboneSHA256: backboneSHA256)
    for (key, value) in metadata { file[key] = value }
    return file
}
