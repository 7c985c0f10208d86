#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Platform

/// What a class is called.
public struct ClassLabel: Sendable, Equatable, Codable {
    /// A WordNet id for ImageNet's classes.
    public let id: String
    public let label: String

    public init(id: String, label: String) {
        self.id = id
        self.label = label
    }
}

/// How a head turns logits into probabilities.
public enum HeadActivation: String, Sendable {
    case softmax
    case sigmoid

    public func probabilities(_ logits: [Float]) -> [Float] {
        switch self {
        case .softmax:
            // In Double: added to a sum near 1, a thousand small powers would be rounded away in
            // Float (probabilities then sum to 1.00001).
            let largest = logits.max() ?? 0
            let powers = logits.map { exp(Double($0 - largest)) }
            let sum = powers.reduce(0, +)
            return powers.map { Float($0 / sum) }
        case .sigmoid:
            return logits.map { 1 / (1 + exp(-$0)) }
        }
    }
}

/// A classifier on the backbone's features: dense layers and what their outputs are called.
public struct Head: Sendable {
    public let file: SafetensorsFile
    public let name: String
    public let classes: [ClassLabel]
    public let activation: HeadActivation
    /// Dense layers in order; all but the last are followed by ReLU.
    public let layerNames: [String]
    public let sha256: String
    public let backboneSHA256: String

    /// - Throws: ``ModelFileError`` if the file cannot be read, is not a head, or its classes and
    ///   tensors do not match.
    public init(path: String) throws(ModelFileError) {
        file = try SafetensorsFile(path: path)
        try file.check(format: "xception.head/1")
        name = try file.value("name", expected: "a name") { $0 }
        activation = try file.value("activation", expected: "softmax or sigmoid", HeadActivation.init(rawValue:))
        sha256 = try file.value("data_sha256", expected: "a SHA-256") { $0 }
        backboneSHA256 = try file.value("backbone_sha256", expected: "a SHA-256") { $0 }
        layerNames = file.metadata["layers"] == nil
            ? ["predictions"]
            : try file.value("layers", expected: "a JSON list of layer names") {
                Self.decode([String].self, $0).flatMap { $0.isEmpty ? nil : $0 }
            }
        classes = try file.value("classes", expected: "a JSON list of classes") { Self.decode([ClassLabel].self, $0) }

        var inputs = Self.features
        for (index, layer) in layerNames.enumerated() {
            let kernel = try file.tensor("\(layer)/kernel")
            let outputs = index == layerNames.count - 1 ? classes.count : kernel.shape.last ?? 0
            guard kernel.shape == [inputs, outputs] else {
                throw .wrongShape(path: path, name: "\(layer)/kernel", found: kernel.shape, expected: [inputs, outputs])
            }
            _ = try file.tensor("\(layer)/bias", shape: [outputs])
            inputs = outputs
        }
    }

    /// Channels of the backbone's last layer.
    public static let features = 2048

    private static func decode<Value: Decodable>(_ type: Value.Type, _ json: String) -> Value? {
        try? JSONDecoder().decode(type, from: Data(json.utf8))
    }
}

extension Head {
    /// The dense layers, in order.
    public var layers: [LayerDescription] {
        layerNames.map { name in
            let shape = file.tensors["\(name)/kernel"]!.shape
            let weights = shape[0] * shape[1]
            return LayerDescription(
                name: name, kind: "Dense", height: 1, width: 1, channels: shape[1], parameters: weights + shape[1],
                nonTrainableParameters: 0, multiplyAdds: weights, tensors: ["kernel": shape, "bias": [shape[1]]])
        }
    }
}
