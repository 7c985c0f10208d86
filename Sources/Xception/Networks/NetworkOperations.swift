import Kernels

/// The operations that networks consist of, one method per kind.
///
/// Each network is written once, in ``Network/forward(_:on:)``. Run on a ``ForwardPass`` it computes; run on a
/// ``ShapeInference`` it gives every layer's shape, parameters, multiply-adds and tensors.
package protocol NetworkOperations {
    /// An image or an activation.
    associatedtype Tensor
    associatedtype Failure: Error

    /// Keras `Conv2D` 3x3, batch normalization, activation function.
    mutating func convolution(
        _ name: String, _ x: Tensor, filters: Int, stride: Int, padding: WindowPadding, activation: ActivationFunction
    ) throws(Failure) -> Tensor

    /// Keras `SeparableConv2D` 3x3 "same", batch normalization.
    ///
    /// - Parameters:
    ///   - inputActivation: applied to `x` first, `none` or `relu`.
    ///   - residual: added to the result.
    ///   - activation: applied last.
    mutating func separableConvolution(
        _ name: String, _ x: Tensor, filters: Int, inputActivation: ActivationFunction, residual: Tensor?,
        activation: ActivationFunction
    ) throws(Failure) -> Tensor

    /// Keras `DepthwiseConv2D` 3x3, batch normalization, activation function; then `Conv2D` 1x1, batch normalization.
    ///
    /// - Parameters:
    ///   - names: the names of the two layers.
    ///   - inputActivation: applied to `x` first, `none` or `relu`.
    ///   - innerActivation: applied between the two layers.
    ///   - residual: added to the result.
    ///   - activation: applied last.
    mutating func depthwiseBlock(
        _ names: (depthwise: String, pointwise: String), _ x: Tensor, filters: Int, stride: Int, padding: WindowPadding,
        inputActivation: ActivationFunction, innerActivation: ActivationFunction, residual: Tensor?,
        activation: ActivationFunction
    ) throws(Failure) -> Tensor

    /// Keras `Conv2D` 1x1, batch normalization: a block's shortcut.
    mutating func projection(_ name: String, _ x: Tensor, filters: Int, stride: Int) throws(Failure) -> Tensor

    /// The end of a downsampling block: Keras `MaxPooling2D` 3x3 stride 2 of `x`, plus `Conv2D`
    /// 1x1 stride 2 "same" and batch normalization of `shortcut`.
    mutating func downsample(
        _ name: String, _ x: Tensor, shortcut: Tensor, padding: WindowPadding, activation: ActivationFunction
    ) throws(Failure) -> Tensor
}

/// The padding of windows of 3 in each dimension.
package enum WindowPadding: String, Sendable {
    /// No padding: windows stay inside the input.
    case valid
    /// TensorFlow's padding: as much as the last window needs, the odd row after the input.
    case same
    /// PyTorch's `padding=1`: one row on each side.
    case symmetric
    /// One row after the input: Keras' `ZeroPadding2D(((0, 1), (0, 1)))`.
    case after

    /// Returns the rows (or columns) of padding before and after `size` rows.
    func amount(size: Int, stride: Int) -> Padding {
        switch self {
        case .valid: return Padding(before: 0, after: 0)
        case .same:
            let windows = (size + stride - 1) / stride
            let total = max(0, (windows - 1) * stride + 3 - size)
            return Padding(before: total / 2, after: total - total / 2)
        case .symmetric: return Padding(before: 1, after: 1)
        case .after: return Padding(before: 0, after: 1)
        }
    }
}

extension ConvolutionGeometry {
    /// A 3x3 convolution.
    init(height: Int, width: Int, stride: Int, padding: WindowPadding) {
        self.init(
            kernel: 3, stride: stride, inputHeight: height, inputWidth: width,
            rowPadding: padding.amount(size: height, stride: stride),
            columnPadding: padding.amount(size: width, stride: stride))
    }

    /// A 1x1 convolution.
    init(projectionOf size: (height: Int, width: Int), stride: Int) {
        self.init(kernel: 1, stride: stride, padding: 0, inputHeight: size.height, inputWidth: size.width)
    }
}
