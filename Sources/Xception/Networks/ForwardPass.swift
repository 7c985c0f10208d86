import Kernels

/// Runs a network on activations, for one image; the engine and the buffers are reused.
struct ForwardPass: NetworkOperations {
    let weights: NetworkWeights
    let engine: ConvolutionEngine
    let buffers: MapPool
    /// Called after each layer, for profiles and tests.
    let didFinish: ((_ name: String, _ output: FeatureMap?) -> Void)?

    mutating func convolution(
        _ name: String, _ x: PooledMap, filters: Int, stride: Int, padding: WindowPadding,
        activation: ActivationFunction
    ) throws(OutOfMemory) -> PooledMap {
        let geometry = ConvolutionGeometry(height: x.map.height, width: x.map.width, stride: stride, padding: padding)
        // Computed in 32-bit floats in every precision: all digits stay.
        let y = try output(.float32, geometry, filters)
        try engine.convolution(x.map, weights[name], geometry, Epilogue(output: y.map, activation: activation))
        return finished(name, y)
    }

    mutating func separableConvolution(
        _ name: String, _ x: PooledMap, filters: Int, inputActivation: ActivationFunction, residual: PooledMap?,
        activation: ActivationFunction
    ) throws(OutOfMemory) -> PooledMap {
        let geometry = ConvolutionGeometry(height: x.map.height, width: x.map.width, stride: 1, padding: .same)
        let y = try output(engine.activationType, geometry, filters)
        try engine.separableConvolution(
            x.map, weights[name], geometry, inputActivation: inputActivation,
            Epilogue(
                output: y.map, activation: activation, shortcut: residual.map { .residual($0.map) } ?? .none))
        return finished(name, y)
    }

    mutating func depthwiseBlock(
        _ names: (depthwise: String, pointwise: String), _ x: PooledMap, filters: Int, stride: Int,
        padding: WindowPadding, inputActivation: ActivationFunction, innerActivation: ActivationFunction,
        residual: PooledMap?, activation: ActivationFunction
    ) throws(OutOfMemory) -> PooledMap {
        let geometry = ConvolutionGeometry(height: x.map.height, width: x.map.width, stride: stride, padding: padding)
        let y = try output(engine.activationType, geometry, filters)
        try engine.separableConvolution(
            x.map, weights[names.pointwise], geometry, inputActivation: inputActivation, innerActivation: innerActivation,
            Epilogue(
                output: y.map, activation: activation, shortcut: residual.map { .residual($0.map) } ?? .none))
        return finished(names.pointwise, y)
    }

    mutating func projection(
        _ name: String, _ x: PooledMap, filters: Int, stride: Int
    ) throws(OutOfMemory) -> PooledMap {
        let geometry = ConvolutionGeometry(projectionOf: (x.map.height, x.map.width), stride: stride)
        let y = try output(engine.activationType, geometry, filters)
        try engine.convolution(x.map, weights[name], geometry, Epilogue(output: y.map))
        return finished(name, y)
    }

    mutating func downsample(
        _ name: String, _ x: PooledMap, shortcut: PooledMap, padding: WindowPadding, activation: ActivationFunction
    ) throws(OutOfMemory) -> PooledMap {
        let geometry = ConvolutionGeometry(projectionOf: (x.map.height, x.map.width), stride: 2)
        let y = try output(engine.activationType, geometry, x.map.channels)
        let pool = MaxPool(
            input: x.map, outputWidth: geometry.outputWidth,
            rowPadding: padding.amount(size: x.map.height, stride: 2).before,
            columnPadding: padding.amount(size: x.map.width, stride: 2).before)
        try engine.convolution(
            shortcut.map, weights[name], geometry,
            Epilogue(output: y.map, activation: activation, shortcut: .maxPool(pool)))
        return finished(name, y)
    }

    private func output(
        _ type: ElementType, _ geometry: ConvolutionGeometry, _ channels: Int
    ) throws(OutOfMemory) -> PooledMap {
        try buffers.map(type, geometry.outputHeight, geometry.outputWidth, channels)
    }

    private func finished(_ name: String, _ y: PooledMap) -> PooledMap {
        didFinish?(name, y.map)
        return y
    }
}
