/// How a 3x3 max pool of stride 2 pads.
public enum PoolPadding: String, Sendable {
    /// TensorFlow's: as much as the last window needs, the odd row behind.
    case same
    /// PyTorch's `padding=1`: one row on each side.
    case symmetric
}

/// The ways in which published Xceptions differ: what a model file states and no code guesses.
public struct NetworkVariant: Sendable, Equatable {
    /// Zeros around the input of the two stem convolutions: 0 (Keras) or 1.
    public var stemPadding = 0
    public var poolPadding = PoolPadding.same
    /// Whether an in-place ReLU at the head of a block also rectifies what its shortcut sees.
    public var shortcutAfterReLU = false
    /// Epsilon of the batch normalization that is folded into the weights.
    public var batchNormalizationEpsilon = 1e-3

    /// Keras' network.
    public init() {}
}

extension NetworkVariant {
    /// Reads a backbone's metadata.
    init(_ file: SafetensorsFile) throws(ModelFileError) {
        stemPadding = try file.value("stem_padding", expected: "0 or 1") { Int($0).flatMap { (0...1).contains($0) ? $0 : nil } }
        poolPadding = try file.value("pool_padding", expected: "same or symmetric", PoolPadding.init(rawValue:))
        shortcutAfterReLU = try file.value("shortcut_after_relu", expected: "true or false", Bool.init)
        batchNormalizationEpsilon = try file.value("batch_norm_epsilon", expected: "a number", Double.init)
    }
}

extension SafetensorsFile {
    /// Metadata `key` as `parse` reads it.
    ///
    /// - Throws: ``ModelFileError/wrongMetadata(path:key:found:expected:)`` if it is missing or
    ///   `parse` returns nil.
    func value<Value>(
        _ key: String, expected: String, _ parse: (String) -> Value?
    ) throws(ModelFileError) -> Value {
        guard let value = metadata[key].flatMap(parse) else {
            throw .wrongMetadata(path: path, key: key, found: metadata[key], expected: expected)
        }
        return value
    }

    func check(format: String) throws(ModelFileError) {
        try value("format", expected: "\"\(format)\"") { $0 == format ? () : nil }
    }
}
