import ModelFiles

/// Something that can do or describe the network's operations, one method for each kind.
///
/// The network is written once, in ``xception(_:on:variant:)``. Run by an ``InferenceRun`` it
/// computes; run by a ``ShapeInference`` it tells every layer's shape, parameters and
/// multiply-adds.
protocol NetworkOperations {
    associatedtype Activation
    associatedtype Failure: Error

    /// Keras `Conv2D` 3x3, batch normalization, ReLU.
    mutating func convolution(
        _ name: String, _ x: Activation, filters: Int, stride: Int, padding: Int
    ) throws(Failure) -> Activation

    /// Keras `SeparableConv2D` 3x3 "same", batch normalization.
    ///
    /// - Parameters:
    ///   - reluInput: apply ReLU to `x` first.
    ///   - residual: added to the result.
    ///   - relu: apply ReLU last.
    mutating func separableConvolution(
        _ name: String, _ x: Activation, filters: Int, reluInput: Bool, residual: Activation?, relu: Bool
    ) throws(Failure) -> Activation

    /// The end of a downsampling block: Keras `MaxPooling2D` 3x3 stride 2 of `x`, plus `Conv2D`
    /// 1x1 stride 2 "same" and batch normalization of `shortcut`.
    mutating func downsample(
        _ name: String, _ x: Activation, shortcut: Activation, padding: PoolPadding, relu: Bool
    ) throws(Failure) -> Activation
}

/// The 36 convolution layers of Xception (F. Chollet, "Xception: Deep Learning with Depthwise
/// Separable Convolutions", 2017, figure 5), layer names as in `keras.applications.Xception`; the four
/// shortcuts, which have none there, are named after their blocks.
///
/// - Parameter image: `[height x width x 3]`. Shapes beside the layers are for 299 x 299.
/// - Returns: the feature map before global pooling, `[height x width x 2048]`.
func xception<Network: NetworkOperations>(
    _ image: Network.Activation, on network: inout Network, variant: NetworkVariant
) throws(Network.Failure) -> Network.Activation {
    // Where the shortcuts see rectified input, a block's output is rectified once, when it is made.
    let reluBlocks = variant.shortcutAfterReLU

    func downsampling(
        _ block: Int, _ x: Network.Activation, filters: (Int, Int), reluInput: Bool = true, relu: Bool
    ) throws(Network.Failure) -> Network.Activation {
        var y = try network.separableConvolution(
            "block\(block)_sepconv1", x, filters: filters.0, reluInput: reluInput, residual: nil, relu: true)
        y = try network.separableConvolution(
            "block\(block)_sepconv2", y, filters: filters.1, reluInput: false, residual: nil, relu: false)
        return try network.downsample(
            "block\(block)_shortcut", y, shortcut: x, padding: variant.poolPadding, relu: relu)
    }

    // Entry flow
    var x = try network.convolution(
        "block1_conv1", image, filters: 32, stride: 2, padding: variant.stemPadding)  // 149 x 149 x 32
    x = try network.convolution(
        "block1_conv2", x, filters: 64, stride: 1, padding: variant.stemPadding)  // 147 x 147 x 64
    x = try downsampling(2, x, filters: (128, 128), reluInput: false, relu: reluBlocks)  // 74 x 74 x 128
    x = try downsampling(3, x, filters: (256, 256), relu: reluBlocks)  // 37 x 37 x 256
    x = try downsampling(4, x, filters: (728, 728), relu: reluBlocks)  // 19 x 19 x 728

    // Middle flow
    for block in 5...12 {
        let y = try network.separableConvolution(
            "block\(block)_sepconv1", x, filters: 728, reluInput: true, residual: nil, relu: true)
        let z = try network.separableConvolution(
            "block\(block)_sepconv2", y, filters: 728, reluInput: false, residual: nil, relu: true)
        x = try network.separableConvolution(
            "block\(block)_sepconv3", z, filters: 728, reluInput: false, residual: x, relu: reluBlocks)
    }

    // Exit flow
    x = try downsampling(13, x, filters: (728, 1024), relu: false)  // 10 x 10 x 1024
    x = try network.separableConvolution(
        "block14_sepconv1", x, filters: 1536, reluInput: false, residual: nil, relu: true)
    return try network.separableConvolution(
        "block14_sepconv2", x, filters: Head.features, reluInput: false, residual: nil, relu: true)  // 10 x 10 x 2048
}
