/// How a 3x3 max pool of stride 2 pads.
package enum PoolPadding: String, Sendable {
    /// TensorFlow's: as much as the last window needs, the odd row after the input.
    case same
    /// PyTorch's `padding=1`: one row on each side.
    case symmetric
}

/// The ways in which published Xceptions differ: what a model file states and no code guesses.
package struct NetworkVariant: Sendable, Equatable {
    /// Zeros around the input of the two stem convolutions: 0 (Keras) or 1.
    package var stemPadding = 0
    package var poolPadding = PoolPadding.same
    /// Whether an in-place ReLU at the head of a block also rectifies what its shortcut sees.
    package var shortcutAfterReLU = false
    /// Epsilon of the batch normalization that is folded into the weights.
    package var batchNormalizationEpsilon = 1e-3

    /// Keras' network.
    package init() {}
}

extension NetworkVariant {
    /// Reads a backbone's metadata.
    init(_ file: SafetensorsFile) throws(ModelFileError) {
        stemPadding = try file.value(.stemPadding, expected: "0 or 1") { Int($0).flatMap { (0...1).contains($0) ? $0 : nil } }
        poolPadding = try file.value(.poolPadding, expected: "same or symmetric", PoolPadding.init(rawValue:))
        shortcutAfterReLU = try file.value(.shortcutAfterReLU, expected: "true or false", Bool.init)
        batchNormalizationEpsilon = try file.value(.batchNormalizationEpsilon, expected: "a number", Double.init)
    }
}
