import Kernels

/// A layer as listed by `summary` and required of a model file.
package struct LayerDescription: Sendable, Equatable {
    /// The Keras name.
    package let name: String
    /// "Conv2D", "SeparableConv2D", "DepthwiseConv2D" or "Dense".
    package let kind: String
    package let height: Int
    package let width: Int
    package let channels: Int
    /// Keras' count of parameters: batch normalization has four per channel.
    package let parameters: Int
    /// The parameters that training does not change: the moving mean and variance of batch normalization. PyTorch does
    /// not count them as parameters.
    package let nonTrainableParameters: Int
    package let multiplyAdds: Int
    /// The tensors of a model file, batch normalization folded: their shapes by the names that follow the layer's.
    package let tensors: [String: [Int]]
    /// The layer whose product computes this one: itself, or the pointwise one after a depthwise layer.
    package let product: String

    package init(
        name: String, kind: String, height: Int, width: Int, channels: Int, parameters: Int,
        nonTrainableParameters: Int,
        multiplyAdds: Int, tensors: [String: [Int]], product: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.height = height
        self.width = width
        self.channels = channels
        self.parameters = parameters
        self.nonTrainableParameters = nonTrainableParameters
        self.multiplyAdds = multiplyAdds
        self.tensors = tensors
        self.product = product ?? name
    }
}

/// Runs a network on shapes alone.
struct ShapeInference: NetworkOperations {
    struct Tensor {
        var height: Int
        var width: Int
        var channels: Int
    }

    typealias Failure = Never

    private(set) var layers: [LayerDescription] = []

    mutating func convolution(
        _ name: String, _ x: Tensor, filters: Int, stride: Int, padding: WindowPadding, activation: ActivationFunction
    ) -> Tensor {
        let y = output(ConvolutionGeometry(height: x.height, width: x.width, stride: stride, padding: padding), filters)
        append(name, "Conv2D", y, tensors: ["kernel": [3, 3, x.channels, filters]])
        return y
    }

    mutating func separableConvolution(
        _ name: String, _ x: Tensor, filters: Int, inputActivation: ActivationFunction, residual: Tensor?,
        activation: ActivationFunction
    ) -> Tensor {
        let y = Tensor(height: x.height, width: x.width, channels: filters)
        append(
            name, "SeparableConv2D", y,
            tensors: ["depthwise_kernel": [3, 3, x.channels, 1], "pointwise_kernel": [1, 1, x.channels, filters]])
        return y
    }

    mutating func depthwiseBlock(
        _ names: (depthwise: String, pointwise: String), _ x: Tensor, filters: Int, stride: Int, padding: WindowPadding,
        inputActivation: ActivationFunction, innerActivation: ActivationFunction, residual: Tensor?,
        activation: ActivationFunction
    ) -> Tensor {
        let geometry = ConvolutionGeometry(height: x.height, width: x.width, stride: stride, padding: padding)
        append(
            names.depthwise, "DepthwiseConv2D", output(geometry, x.channels),
            tensors: ["depthwise_kernel": [3, 3, x.channels, 1]], product: names.pointwise)
        let y = output(geometry, filters)
        append(names.pointwise, "Conv2D", y, tensors: ["kernel": [1, 1, x.channels, filters]])
        return y
    }

    mutating func projection(_ name: String, _ x: Tensor, filters: Int, stride: Int) -> Tensor {
        let y = output(ConvolutionGeometry(projectionOf: (x.height, x.width), stride: stride), filters)
        append(name, "Conv2D", y, tensors: ["kernel": [1, 1, x.channels, filters]])
        return y
    }

    mutating func downsample(
        _ name: String, _ x: Tensor, shortcut: Tensor, padding: WindowPadding, activation: ActivationFunction
    ) -> Tensor {
        let y = output(ConvolutionGeometry(projectionOf: (x.height, x.width), stride: 2), x.channels)
        append(name, "Conv2D", y, tensors: ["kernel": [1, 1, shortcut.channels, x.channels]])
        return y
    }

    private func output(_ geometry: ConvolutionGeometry, _ channels: Int) -> Tensor {
        Tensor(height: geometry.outputHeight, width: geometry.outputWidth, channels: channels)
    }

    /// Appends a layer.
    ///
    /// - Parameter tensors: the convolution's tensors; each element is used once per pixel.
    private mutating func append(
        _ name: String, _ kind: String, _ y: Tensor, tensors: [String: [Int]], product: String? = nil
    ) {
        let weights = tensors.values.reduce(0) { $0 + $1.reduce(1, *) }
        let batchNormalization = 4 * y.channels
        layers.append(LayerDescription(
            name: name, kind: kind, height: y.height, width: y.width, channels: y.channels,
            parameters: weights + batchNormalization, nonTrainableParameters: batchNormalization / 2,
            multiplyAdds: weights * y.height * y.width, tensors: tensors.merging(["bias": [y.channels]]) { $1 },
            product: product))
    }
}
