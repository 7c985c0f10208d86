import Kernels
import ModelFiles

/// Runs the network on activations. Lives for one image; the engine and the buffers are used again.
struct InferenceRun: NetworkOperations {
    let weights: NetworkWeights
    let engine: ConvolutionEngine
    let buffers: ActivationBuffers
    /// Told of each layer that is done, for profiles and tests.
    let didFinish: ((_ name: String, _ output: FeatureMap?) -> Void)?

    mutating func convolution(
        _ name: String, _ x: Activation, filters: Int, stride: Int, padding: Int
    ) throws(OutOfMemory) -> Activation {
        let geometry = ConvolutionGeometry(
            kernel: 3, stride: stride, padding: padding, inputHeight: x.map.height, inputWidth: x.map.width)
        // Computed in 32-bit floats whatever the precision: all digits stay.
        let y = try buffers.activation(.float32, geometry.outputHeight, geometry.outputWidth, filters)
        try engine.convolution(x.map, weights[name], geometry, Epilogue(output: y.map, activation: .relu))
        didFinish?(name, y.map)
        return y
    }

    mutating func separableConvolution(
        _ name: String, _ x: Activation, filters: Int, reluInput: Bool, residual: Activation?, relu: Bool
    ) throws(OutOfMemory) -> Activation {
        let geometry = ConvolutionGeometry(
            kernel: 3, stride: 1, padding: 1, inputHeight: x.map.height, inputWidth: x.map.width)
        let y = try buffers.activation(engine.activationType, geometry.outputHeight, geometry.outputWidth, filters)
        try engine.separableConvolution(
            x.map, weights[name], geometry, inputActivation: reluInput ? .relu : .none,
            Epilogue(
                output: y.map, activation: relu ? .relu : .none, shortcut: residual.map { .residual($0.map) } ?? .none))
        didFinish?(name, y.map)
        return y
    }

    mutating func downsample(
        _ name: String, _ x: Activation, shortcut: Activation, padding: PoolPadding, relu: Bool
    ) throws(OutOfMemory) -> Activation {
        let geometry = ConvolutionGeometry(
            kernel: 1, stride: 2, padding: 0, inputHeight: x.map.height, inputWidth: x.map.width)
        let y = try buffers.activation(engine.activationType, geometry.outputHeight, geometry.outputWidth, x.map.channels)
        let pool = MaxPool(
            input: x.map, outputWidth: geometry.outputWidth,
            rowPadding: padding.before(size: x.map.height), columnPadding: padding.before(size: x.map.width))
        try engine.convolution(
            shortcut.map, weights[name], geometry,
            Epilogue(output: y.map, activation: relu ? .relu : .none, shortcut: .maxPool(pool)))
        didFinish?(name, y.map)
        return y
    }
}

extension PoolPadding {
    /// Rows (or columns) of padding before the first of `size`, for a 3x3 pool of stride 2.
    func before(size: Int) -> Int {
        switch self {
        // TensorFlow pads as much as the last window needs, an odd row after the image.
        case .same: size % 2
        case .symmetric: 1
        }
    }
}
