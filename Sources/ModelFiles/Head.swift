#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Platform

/// A classifier on the backbone's features: dense layers and the labels of their outputs.
package struct Head: Sendable {
    package let file: SafetensorsFile
    package let name: String
    package let classes: [ClassLabel]
    package let activation: HeadActivation
    /// Dense layers in order; all but the last are followed by ReLU.
    package let layerNames: [String]
    package let sha256: String
    package let backboneSHA256: String
    /// The parameters that detect photos unlike the training photos; nil if the head has none.
    package let rejection: RejectionParameters?
    /// The record of the head's training; nil if the file has none.
    package let training: TrainingRecord?

    /// The number of inputs: channels of the backbone's last feature map.
    package let inputs: Int

    private static let format = "xception.head/1"
    private static let lastLayer = "predictions"

    /// Reads a head.
    ///
    /// - Throws: ``ModelFileError`` if the file cannot be read, is not a head, or its classes and tensors do not match.
    package init(path: FilePath) throws(ModelFileError) {
        file = try SafetensorsFile(path: path)
        try file.check(format: Self.format)
        name = try file.name(.name)
        activation = try file.value(.activation, expected: "softmax or sigmoid", HeadActivation.init(rawValue:))
        sha256 = try file.name(.dataSHA256)
        backboneSHA256 = try file.name(.backboneSHA256)
        layerNames = try file.value(.layers, expected: "a JSON list of layer names", default: [Self.lastLayer]) {
            Self.decode([String].self, $0).flatMap { $0.isEmpty ? nil : $0 }
        }
        classes = try file.value(.classes, expected: "a JSON list of classes") { Self.decode([ClassLabel].self, $0) }
        if let odd = classes.first(where: { !$0.id.isPrintable || !$0.label.isPrintable }) {
            throw .wrongMetadata(
                path: path, key: .classes, found: "\(odd.id) \(odd.label)",
                expected: "a list of names without control characters")
        }

        var inputs = try file.tensor("\(layerNames[0])/kernel").shape.first ?? 0
        self.inputs = inputs
        let count = classes.count
        training = file[.training].flatMap { Self.decode(TrainingRecord.self, $0) }.flatMap {
            $0.isUsable(classes: count) ? $0 : nil
        }
        rejection = file[.rejection] == nil ? nil : try file.value(.rejection, expected: "the JSON of its parameters") {
            Self.decode(RejectionParameters.self, $0).flatMap { $0.isUsable ? $0 : nil }
        }
        if rejection != nil {
            _ = try file.tensor(RejectionParameters.meansTensor, shape: [classes.count, inputs])
            _ = try file.tensor(RejectionParameters.centerTensor, shape: [inputs])
        }
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

    private static func decode<Value: Decodable>(_ type: Value.Type, _ json: String) -> Value? {
        try? JSONDecoder().decode(type, from: Data(json.utf8))
    }
}

extension Head {
    /// The weights of a dense layer, for writing.
    package struct Dense {
        /// `[inputs x outputs]`.
        package let kernel: [Float]
        /// `[outputs]`.
        package let bias: [Float]

        package init(kernel: [Float], bias: [Float]) {
            self.kernel = kernel
            self.bias = bias
        }
    }

    /// Returns the bytes of a file that ``init(path:)`` reads.
    ///
    /// - Parameters:
    ///   - layers: the layers in order; the last one has an output per class.
    ///   - training: the record of the head's training.
    ///   - rejection: the parameters that detect photos unlike the training photos, with the class means, `[classes x
    ///     features]`, and the mean that is subtracted first, `[features]`.
    ///   - metadata: further metadata, such as ``MetadataKey/source``.
    /// - Precondition: each layer has as many inputs as the layer before it has outputs.
    package static func file(
        name: String, classes: [ClassLabel], activation: HeadActivation, layers: [Dense], backboneSHA256: String,
        training: TrainingRecord? = nil,
        rejection: (parameters: RejectionParameters, means: [Float], center: [Float])? = nil,
        metadata: [MetadataKey: String] = [:]
    ) -> SafetensorsWriter {
        var file = SafetensorsWriter()
        let names = layers.indices.map { $0 == layers.count - 1 ? lastLayer : "hidden\($0 + 1)" }
        var inputs = layers[0].kernel.count / layers[0].bias.count
        for (name, layer) in zip(names, layers) {
            file.append("\(name)/kernel", shape: [inputs, layer.bias.count], layer.kernel)
            file.append("\(name)/bias", shape: [layer.bias.count], layer.bias)
            inputs = layer.bias.count
        }
        precondition(inputs == classes.count)
        if let rejection {
            file.append(
                RejectionParameters.meansTensor, shape: [classes.count, rejection.center.count], rejection.means)
            file.append(RejectionParameters.centerTensor, shape: [rejection.center.count], rejection.center)
            file[.rejection] = encode(rejection.parameters)
        }
        if let training { file[.training] = encode(training) }
        for (key, value) in metadata { file[key] = value }
        file[.format] = format
        file[.name] = name
        file[.classes] = encode(classes)
        file[.activation] = activation.rawValue
        if layers.count > 1 { file[.layers] = encode(names) }
        file[.backboneSHA256] = backboneSHA256
        file[.dataSHA256] = file.dataSHA256
        return file
    }

    private static func encode(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(value) else { preconditionFailure("strings are always JSON") }
        return String(decoding: json, as: UTF8.self)
    }
}
