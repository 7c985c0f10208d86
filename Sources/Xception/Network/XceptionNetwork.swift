import ModelFiles

/// Something that can do or describe the network's operations, one method for each kind.
///
/// The network is written once, in ``xception(_:on:variant:)``. Run by an ``InferenceRun`` it
/// computes; run by a ``ShapeInference`` it tells every layer's shape, parameters and
/// multiply-adds.
protocol NetworkOperations {
    associatedtype Activation

    /// Keras `Conv2D` 3x3, batch normalization, ReLU.
    mutating func convolution(
        _ name: String, _ x: Activation, filters: Int, stride: Int, padding: Int
    ) -> Activation

    /// Keras `SeparableConv2D` 3x3 "same", batch normalization.
    ///
    /// - Parameters:
    ///   - rectifiesInput: apply ReLU to `x` first.
    ///   - residual: added to the result.
    ///   - rectifies: apply ReLU last.
    mutating func separableConvolution(
        _ name: String, _ x: Activation, filters: Int, rectifiesInput: Bool, residual: Activation?, rectifies: Bool
    ) -> Activation

    /// The end of a downsampling block: Keras `MaxPooling2D` 3x3 stride 2 of `x`, plus `Conv2D`
    /// 1x1 stride 2 "same" and batch normalization of `shortcut`.
    mutating func pooledSum(
        _ name: String, _ x: Activation, shortcut: Activation, padding: PoolPadding, rectifies: Bool
    ) -> Activation
}

/// The 36 convolution layers of Xception (F. Chollet, "Xception: Deep Learning with Depthwise
/// Separable Convolutions", 2017, figure 5), layer names as in `keras.applications.Xception`.
///
/// - Parameter image: `[height x width x 3]`.
/// - Returns: the feature map before global pooling, `[height x width x 2048]`.
func xception<Network: NetworkOperations>(
    _ image: Network.Activation, on network: inout Network, variant: NetworkVariant
) -> Network.Activation {
    // Where the shortcuts see rectified input, a block's output is rectified once, when it is made.
    let rectifiesBlocks = variant.shortcutAfterReLU

    func downsampling(
        _ block: Int, _ x: Network.Activation, filters: (Int, Int), rectifiesInput: Bool = true, rectifies: Bool
    ) -> Network.Activation {
        var y = network.separableConvolution(
            "block\(block)_sepconv1", x, filters: filters.0, rectifiesInput: rectifiesInput, residual: nil,
            rectifies: true)
        y = network.separableConvolution(
            "block\(block)_sepconv2", y, filters: filters.1, rectifiesInput: false, residual: nil, rectifies: false)
        return network.pooledSum(
            "block\(block)_shortcut", y, shortcut: x, padding: variant.poolPadding, rectifies: rectifies)
    }

    // Entry flow
    var x = network.convolution("block1_conv1", image, filters: 32, stride: 2, padding: variant.stemPadding)
    x = network.convolution("block1_conv2", x, filters: 64, stride: 1, padding: variant.stemPadding)
    x = downsampling(2, x, filters: (128, 128), rectifiesInput: false, rectifies: rectifiesBlocks)
    x = downsampling(3, x, filters: (256, 256), rectifies: rectifiesBlocks)
    x = downsampling(4, x, filters: (728, 728), rectifies: rectifiesBlocks)

    // Middle flow
    for block in 5...12 {
        let y = network.separableConvolution(
            "block\(block)_sepconv1", x, filters: 728, rectifiesInput: true, residual: nil, rectifies: true)
        let z = network.separableConvolution(
            "block\(block)_sepconv2", y, filters: 728, rectifiesInput: false, residual: nil, rectifies: true)
        x = network.separableConvolution(
            "block\(block)_sepconv3", z, filters: 728, rectifiesInput: false, residual: x, rectifies: rectifiesBlocks)
    }

    // Exit flow
    x = downsampling(13, x, filters: (728, 1024), rectifies: false)
    x = network.separableConvolution(
        "block14_sepconv1", x, filters: 1536, rectifiesInput: false, residual: nil, rectifies: true)
    return network.separableConvolution(
        "block14_sepconv2", x, filters: 2048, rectifiesInput: false, residual: nil, rectifies: true)
}
