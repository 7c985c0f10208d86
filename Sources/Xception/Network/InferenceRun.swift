import Kernels
import ModelFiles

/// Runs the network on activations. Lives for one image; the engine and the buffers go on.
struct InferenceRun: NetworkOperations {
    let weights: NetworkWeights
    let engine: ConvolutionEngine
    let buffers: ActivationBuffers
    /// Told of each layer that is done, for profiles and tests.
    var didFinish: ((_ name: String, _ output: FeatureMap) -> Void)?

    mutating func convolution(
        _ name: String, _ x: Activation, filters: Int, stride: Int, padding: Int
    ) -> Activation {
        let geometry = PatchGeometry(
            kernel: 3, stride: stride, padding: padding,
            outputHeight: (x.map.height + 2 * padding - 3) / stride + 1,
            outputWidth: (x.map.width + 2 * padding - 3) / stride + 1)
        let y = buffers.activation(geometry.outputHeight, geometry.outputWidth, filters)
        let layer = weights[name]
        let epilogue = Epilogue(output: y.map, bias: layer.bias, rectifies: true)
        if let filters = layer.winograd {
            engine.convolve(x.map, filters, padding: padding, epilogue)
        } else {
            engine.multiply(.patches(x.map, geometry), layer.matrix, epilogue)
        }
        didFinish?(name, y.map)
        return y
    }

    mutating func separableConvolution(
        _ name: String, _ x: Activation, filters: Int, rectifiesInput: Bool, residual: Activation?, rectifies: Bool
    ) -> Activation {
        let y = buffers.activation(x.map.height, x.map.width, filters)
        let layer = weights[name]
        engine.multiply(
            .depthwise(x.map, weights: layer.depthwise!, rectifies: rectifiesInput), layer.matrix,
            Epilogue(output: y.map, bias: layer.bias, rectifies: rectifies, residual: residual?.map))
        didFinish?(name, y.map)
        return y
    }

    mutating func pooledSum(
        _ name: String, _ x: Activation, shortcut: Activation, padding: PoolPadding, rectifies: Bool
    ) -> Activation {
        let geometry = PatchGeometry(
            kernel: 1, stride: 2, padding: 0, outputHeight: (x.map.height + 1) / 2,
            outputWidth: (x.map.width + 1) / 2)
        let y = buffers.activation(geometry.outputHeight, geometry.outputWidth, x.map.channels)
        let pool = MaxPool(
            input: x.map, outputWidth: geometry.outputWidth,
            rowPadding: padding.before(size: x.map.height), columnPadding: padding.before(size: x.map.width))
        let layer = weights[name]
        engine.multiply(
            .patches(shortcut.map, geometry), layer.matrix,
            Epilogue(output: y.map, bias: layer.bias, rectifies: rectifies, pool: pool))
        didFinish?(name, y.map)
        return y
    }
}

extension PoolPadding {
    /// Rows (or columns) of padding before the first of `size`, for a 3x3 pool of stride 2.
    func before(size: Int) -> Int {
        switch self {
        // TensorFlow pads as much as the last window needs, and puts the odd one behind.
        case .same: size % 2
        case .symmetric: 1
        }
    }
}

/// An activation in a buffer that goes back to its pool with the last reference.
final class Activation {
    let map: FeatureMap
    private let memory: ScratchMemory
    private unowned let pool: ActivationBuffers

    init(_ map: FeatureMap, memory: ScratchMemory, pool: ActivationBuffers) {
        self.map = map
        self.memory = memory
        self.pool = pool
    }

    deinit { pool.free.append(memory) }
}

/// The buffers that activations of one session stand in, one after the other. After the first
/// image of a size there are as many as are ever needed at once.
final class ActivationBuffers {
    fileprivate var free: [ScratchMemory] = []

    func activation(_ height: Int, _ width: Int, _ channels: Int) -> Activation {
        let count = FeatureMap.count(height: height, width: width, channels: channels) + KernelSet.maximumLanes
        // The smallest that is large enough.
        let fitting = free.indices.filter { free[$0].capacity >= count }.min { free[$0].capacity < free[$1].capacity }
        let memory = fitting.map { free.remove(at: $0) } ?? ScratchMemory()
        memory.reserve(count)
        return Activation(
            FeatureMap(base: memory.base, height: height, width: width, channels: channels), memory: memory, pool: self)
    }
}
