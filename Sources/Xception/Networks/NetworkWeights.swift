import Kernels
import ModelFiles

/// The weights of a network's layers. Matrices stay in the mapped model file; the few numbers that are read repeatedly
/// (biases, depthwise kernels) are copied as 32-bit floats.
final class NetworkWeights: Sendable {
    private let layers: [String: ConvolutionWeights]

    /// Finds the tensors of all layers.
    ///
    /// - Throws: ``ModelFileError`` if a tensor is missing or has another shape.
    init(
        _ file: SafetensorsFile, network: any Network, kernels: any OperatorKernels.Type, prepacking: PrepackingPolicy
    ) throws(ModelFileError) {
        var layers: [String: ConvolutionWeights] = [:]
        var depthwiseLayers: [String: (kernel: PaddedFloats, bias: PaddedFloats)] = [:]
        let size = network.minimumInputSize
        for layer in network.layers(height: size, width: size) {
            func tensor(_ suffix: String) throws(ModelFileError) -> SafetensorsTensor? {
                guard let shape = layer.tensors[suffix] else { return nil }
                return try file.tensor("\(layer.name)/\(suffix)", shape: shape)
            }
            func floats(_ suffix: String) throws(ModelFileError) -> PaddedFloats? {
                guard let tensor = try tensor(suffix) else { return nil }
                return try PaddedFloats(tensor, of: file, kernels)
            }
            let depthwise = try floats("depthwise_kernel")
            let bias = try floats("bias")!
            if let kernel = try tensor(layer.tensors["kernel"] == nil ? "pointwise_kernel" : "kernel") {
                let before = depthwiseLayers[layer.name]
                layers[layer.name] = ConvolutionWeights(
                    name: layer.name, kernel: WeightMatrix(kernel), owner: file, kernelSize: kernel.shape[0],
                    bias: bias,
                    depthwise: depthwise ?? before?.kernel, depthwiseBias: before?.bias, prepacking: prepacking)
            } else {
                depthwiseLayers[layer.product] = (depthwise!, bias)
            }
        }
        self.layers = layers
    }

    /// Returns the weights of a layer.
    ///
    /// - Precondition: the network has a layer of that name.
    subscript(name: String) -> ConvolutionWeights { layers[name]! }
}

extension PaddedFloats {
    /// Copies a tensor as 32-bit floats.
    ///
    /// - Throws: ``ModelFileError/unreadable(path:reason:)`` if there is no memory for them.
    convenience init(
        _ tensor: SafetensorsTensor, of file: SafetensorsFile, _ kernels: any OperatorKernels.Type
    ) throws(ModelFileError) {
        let count = tensor.count
        do {
            try self.init(count: count) { floats in
                switch tensor.elementType {
                case .float16: kernels.convert(float16: tensor.bytes.baseAddress!, count: count, into: floats)
                case .float32:
                    UnsafeMutableRawPointer(floats).copyMemory(from: tensor.bytes.baseAddress!, byteCount: count * 4)
                }
            }
        } catch {
            throw .unreadable(path: file.path, reason: "there is not enough memory")
        }
    }
}

extension WeightMatrix {
    /// A tensor as a matrix whose columns are the last dimension.
    init(_ tensor: SafetensorsTensor) {
        let columns = tensor.shape.last!
        self.init(
            base: tensor.bytes.baseAddress!, elementType: tensor.elementType == .float16 ? .float16 : .float32,
            rows: tensor.count / columns, columns: columns, isMapped: true)
    }
}
