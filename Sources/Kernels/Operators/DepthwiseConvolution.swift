/// A 3x3 depthwise convolution: `activation(bias + weights * inputActivation(input))`, channel by channel.
public struct DepthwiseConvolution: @unchecked Sendable {
    @usableFromInline let input: FeatureMap
    /// Stride 1 with padding 1, or stride 2.
    @usableFromInline let geometry: ConvolutionGeometry
    /// `[9 x channels]`, padded by a vector.
    @usableFromInline let weights: UnsafePointer<Float>
    /// `[channels]`, padded by a vector. Nil only with stride 1 and no activation function.
    @usableFromInline let bias: UnsafePointer<Float>?
    /// `none` or `relu`.
    @usableFromInline let inputActivation: ActivationFunction
    @usableFromInline let activation: ActivationFunction
}

/// The beginning and the end of a depthwise convolution's sums. A type rather than an argument, so that networks
/// without bias pay nothing for it.
@usableFromInline
protocol DepthwiseSums {
    static func bias<V: FloatVector>(_: V.Type, _ convolution: DepthwiseConvolution, channel: Int) -> V
    /// `bias + value * weight`
    static func start<V: FloatVector>(_ bias: V, _ value: V, times weight: V) -> V
    static func finish<V: FloatVector>(_ sum: V, _ range: ActivationRange<V>) -> V
}

/// Sums of products alone.
@usableFromInline
enum PlainSums: DepthwiseSums {
    @_alwaysEmitIntoClient @inline(__always)
    static func bias<V: FloatVector>(_: V.Type, _ convolution: DepthwiseConvolution, channel: Int) -> V { .zero }

    @_alwaysEmitIntoClient @inline(__always)
    static func start<V: FloatVector>(_ bias: V, _ value: V, times weight: V) -> V { value * weight }

    @_alwaysEmitIntoClient @inline(__always)
    static func finish<V: FloatVector>(_ sum: V, _ range: ActivationRange<V>) -> V { sum }
}

/// Sums that begin with a bias and end with an activation function.
@usableFromInline
enum BiasedSums: DepthwiseSums {
    @_alwaysEmitIntoClient @inline(__always)
    static func bias<V: FloatVector>(_: V.Type, _ convolution: DepthwiseConvolution, channel: Int) -> V {
        V.load(convolution.bias.unsafelyUnwrapped + channel)
    }

    @_alwaysEmitIntoClient @inline(__always)
    static func start<V: FloatVector>(_ bias: V, _ value: V, times weight: V) -> V { bias.adding(value, times: weight) }

    @_alwaysEmitIntoClient @inline(__always)
    static func finish<V: FloatVector>(_ sum: V, _ range: ActivationRange<V>) -> V { range.clamp(sum) }
}
