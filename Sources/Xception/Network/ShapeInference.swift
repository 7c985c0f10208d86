import Kernels
import ModelFiles

/// A layer as `summary` lists it and as a model file must provide it.
package struct LayerDescription: Sendable, Equatable {
    /// The Keras name.
    package let name: String
    /// "Conv2D", "SeparableConv2D" or "Dense".
    package let kind: String
    package let height: Int
    package let width: Int
    package let channels: Int
    /// As Keras counts them: batch normalization has four a channel.
    package let parameters: Int
    /// Those of them that training does not touch: the moving mean and variance of batch
    /// normalization. PyTorch does not count them as parameters.
    package let nonTrainableParameters: Int
    package let multiplyAdds: Int
    /// What a model file holds for it, batch normalization folded: name, after the layer's, and shape.
    package let tensors: [String: [Int]]
}

/// Runs the network on shapes alone.
struct ShapeInference: NetworkOperations {
    struct Activation {
        var height: Int
        var width: Int
        var channels: Int
    }

    typealias Failure = Never

    private(set) var layers: [LayerDescription] = []

    mutating func convolution(
        _ name: String, _ x: Activation, filters: Int, stride: Int, padding: Int
    ) -> Activation {
        let geometry = ConvolutionGeometry(
            kernel: 3, stride: stride, padding: padding, inputHeight: x.height, inputWidth: x.width)
        let y = Activation(height: geometry.outputHeight, width: geometry.outputWidth, channels: filters)
        append(name, "Conv2D", y, weights: 9 * x.channels * filters, tensors: ["kernel": [3, 3, x.channels, filters]])
        return y
    }

    mutating func separableConvolution(
        _ name: String, _ x: Activation, filters: Int, reluInput: Bool, residual: Activation?, relu: Bool
    ) -> Activation {
        let y = Activation(height: x.height, width: x.width, channels: filters)
        append(
            name, "SeparableConv2D", y, weights: 9 * x.channels + x.channels * filters,
            tensors: ["depthwise_kernel": [3, 3, x.channels, 1], "pointwise_kernel": [1, 1, x.channels, filters]])
        return y
    }

    mutating func downsample(
        _ name: String, _ x: Activation, shortcut: Activation, padding: PoolPadding, relu: Bool
    ) -> Activation {
        let geometry = ConvolutionGeometry(kernel: 1, stride: 2, padding: 0, inputHeight: x.height, inputWidth: x.width)
        let y = Activation(height: geometry.outputHeight, width: geometry.outputWidth, channels: x.channels)
        append(
            name, "Conv2D", y, weights: shortcut.channels * x.channels,
            tensors: ["kernel": [1, 1, shortcut.channels, x.channels]])
        return y
    }

    /// - Parameter weights: parameters of the convolution, each used once for every pixel.
    private mutating func append(
        _ name: String, _ kind: String, _ y: Activation, weights: Int, tensors: [String: [Int]]
    ) {
        let batchNormalization = 4 * y.channels
        layers.append(LayerDescription(
            name: name, kind: kind, height: y.height, width: y.width, channels: y.channels,
            parameters: weights + batchNormalization, nonTrainableParameters: batchNormalization / 2,
            multiplyAdds: weights * y.height * y.width,
            tensors: tensors.merging(["bias": [y.channels]]) { $1 }))
    }
}

extension NetworkVariant {
    /// Smallest height and width that the network accepts, as in Keras.
    package static let minimumInputSize = 71

    /// Largest that a model file may ask for: activations then take some 480 MiB per thread, and an image 12 times the
    /// arithmetic of one of 299 x 299.
    package static let maximumInputSize = 1024

    /// The convolution layers, in order, for an input of `height x width`.
    ///
    /// - Precondition: both are at least ``minimumInputSize``.
    package func layers(height: Int, width: Int) -> [LayerDescription] {
        precondition(min(height, width) >= Self.minimumInputSize)
        var shapes = ShapeInference()
        _ = xception(ShapeInference.Activation(height: height, width: width, channels: 3), on: &shapes, variant: self)
        return shapes.layers
    }
}
