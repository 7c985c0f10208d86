import Kernels
import ModelFiles

/// The 40 convolution layers of Xception (F. Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions",
/// 2017, figure 5), layer names as in `keras.applications.Xception`; the four shortcuts, which have none there, are
/// named after their blocks.
///
/// Its properties are the differences between published Xceptions: a model file states them, and no code guesses.
package struct XceptionNetwork: Network, Equatable {
    package static let name = "xception"

    /// The padding of the two stem convolutions: `valid` (Keras) or `symmetric`.
    package var stemPadding = WindowPadding.valid
    /// The padding of the max pools: `same` (Keras) or `symmetric`.
    package var poolPadding = WindowPadding.same
    /// True if an in-place ReLU at the head of a block also rectifies the input of its shortcut.
    package var shortcutAfterReLU = false
    /// Epsilon of the batch normalization that is folded into the weights.
    package var batchNormalizationEpsilon = 1e-3

    /// Keras' network.
    package init() {}

    package init(_ file: SafetensorsFile) throws(ModelFileError) {
        stemPadding = try file.value(.stemPadding, expected: "0 or 1") {
            ["0": WindowPadding.valid, "1": .symmetric][$0]
        }
        poolPadding = try file.value(.poolPadding, expected: "same or symmetric") {
            ["same": WindowPadding.same, "symmetric": .symmetric][$0]
        }
        shortcutAfterReLU = try file.value(.shortcutAfterReLU, expected: "true or false", Bool.init)
        batchNormalizationEpsilon = try file.value(.batchNormalizationEpsilon, expected: "a number", Double.init)
    }

    package var minimumInputSize: Int { 71 }
    package var features: Int { 2048 }
    package var accuratePrecisions: Set<Precision> { [.fp32, .bf16, .int8] }

    package var settings: String {
        self == XceptionNetwork()
            ? "Keras"
            : "stem padding \(stemPadding == .valid ? 0 : 1), pool padding \(poolPadding.rawValue), "
                + "shortcuts \(shortcutAfterReLU ? "after" : "before") the ReLU, "
                + "batch normalization epsilon \(batchNormalizationEpsilon)"
    }

    /// Runs the network. Shapes beside the layers are for 299 x 299.
    package func forward<Operations: NetworkOperations>(
        _ image: Operations.Tensor, on network: inout Operations
    ) throws(Operations.Failure) -> Operations.Tensor {
        // If the shortcuts read rectified input, a block's output is rectified once, when it is computed.
        let blocks: ActivationFunction = shortcutAfterReLU ? .relu : .none

        func downsampling(
            _ block: Int, _ x: Operations.Tensor, filters: (Int, Int), inputActivation: ActivationFunction = .relu,
            activation: ActivationFunction
        ) throws(Operations.Failure) -> Operations.Tensor {
            var y = try network.separableConvolution(
                "block\(block)_sepconv1", x, filters: filters.0, inputActivation: inputActivation, residual: nil,
                activation: .relu)
            y = try network.separableConvolution(
                "block\(block)_sepconv2", y, filters: filters.1, inputActivation: .none, residual: nil,
                activation: .none)
            return try network.downsample(
                "block\(block)_shortcut", y, shortcut: x, padding: poolPadding, activation: activation)
        }

        // Entry flow
        var x = try network.convolution(
            "block1_conv1", image, filters: 32, stride: 2, padding: stemPadding, activation: .relu)  // 149 x 149 x 32
        x = try network.convolution(
            "block1_conv2", x, filters: 64, stride: 1, padding: stemPadding, activation: .relu)  // 147 x 147 x 64
        x = try downsampling(2, x, filters: (128, 128), inputActivation: .none, activation: blocks)  // 74 x 74 x 128
        x = try downsampling(3, x, filters: (256, 256), activation: blocks)  // 37 x 37 x 256
        x = try downsampling(4, x, filters: (728, 728), activation: blocks)  // 19 x 19 x 728

        // Middle flow
        for block in 5...12 {
            let y = try network.separableConvolution(
                "block\(block)_sepconv1", x, filters: 728, inputActivation: .relu, residual: nil, activation: .relu)
            let z = try network.separableConvolution(
                "block\(block)_sepconv2", y, filters: 728, inputActivation: .none, residual: nil, activation: .relu)
            x = try network.separableConvolution(
                "block\(block)_sepconv3", z, filters: 728, inputActivation: .none, residual: x, activation: blocks)
        }

        // Exit flow
        x = try downsampling(13, x, filters: (728, 1024), activation: .none)  // 10 x 10 x 1024
        x = try network.separableConvolution(
            "block14_sepconv1", x, filters: 1536, inputActivation: .none, residual: nil, activation: .relu)
        return try network.separableConvolution(
            "block14_sepconv2", x, filters: features, inputActivation: .none, residual: nil,
            activation: .relu)  // 10 x 10 x features
    }
}
