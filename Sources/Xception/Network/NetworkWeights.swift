import Kernels
import ModelFiles

/// What the layers multiply by. Matrices stay in the mapped model file; the little that is read over and
/// over (biases, depthwise kernels) is copied out of it as 32-bit floats.
final class NetworkWeights: Sendable {
    private let layers: [String: ConvolutionWeights]

    /// - Throws: ``ModelFileError`` if a tensor is missing or has another shape.
    init(
        _ file: SafetensorsFile, variant: NetworkVariant, kernels: any OperatorKernels.Type, prepacking: PrepackingPolicy
    ) throws(ModelFileError) {
        var layers: [String: ConvolutionWeights] = [:]
        let size = NetworkVariant.minimumInputSize
        for layer in variant.layers(height: size, width: size) {
            var tensors: [String: SafetensorsTensor] = [:]
            for (suffix, shape) in layer.tensors {
                tensors[suffix] = try file.tensor("\(layer.name)/\(suffix)", shape: shape)
            }
            let depthwise = tensors["depthwise_kernel"]
            let kernel = tensors["pointwise_kernel"] ?? tensors["kernel"]!
            layers[layer.name] = ConvolutionWeights(
                name: layer.name, kernel: WeightMatrix(kernel), owner: file, kernelSize: kernel.shape[0],
                bias: try PaddedFloats(tensors["bias"]!, of: file, kernels),
                depthwise: depthwise == nil ? nil : try PaddedFloats(depthwise!, of: file, kernels),
                prepacking: prepacking)
        }
        self.layers = layers
    }

    /// - Precondition: the network has a layer of that name.
    subscript(name: String) -> ConvolutionWeights { layers[name]! }
}

extension PaddedFloats {
    /// A tensor as 32-bit floats.
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
                case .float32: UnsafeMutableRawPointer(floats).copyMemory(from: tensor.bytes.baseAddress!, byteCount: count * 4)
                }
            }
        } catch {
            throw .unreadable(path: file.path, reason: "there is not enough memory")
        }
    }
}

extension WeightMatrix {
    /// A tensor as a matrix: its last dimension are the columns.
    init(_ tensor: SafetensorsTensor) {
        let columns = tensor.shape.last!
        self.init(
            base: tensor.bytes.baseAddress!, elementType: tensor.elementType == .float16 ? .float16 : .float32,
            rows: tensor.count / columns, columns: columns, isMapped: true)
    }
}
