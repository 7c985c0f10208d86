import Kernels
import ModelFiles

/// What the layers multiply by. Matrices stay in the mapped model file; the little that is
/// read over and over (biases, depthwise kernels) is copied out of it as 32-bit floats.
final class NetworkWeights: Sendable {
    struct Layer: @unchecked Sendable {
        /// `[patch or channels x filters]`.
        let matrix: WeightMatrix
        /// `[filters]`
        let bias: UnsafePointer<Float>
        /// `[9 x channels]`, of separable convolutions.
        let depthwise: UnsafePointer<Float>?
        /// Of 3x3 convolutions with stride 1.
        let winograd: WinogradFilters?
    }

    private let layers: [String: Layer]
    /// Keeps the mapping alive.
    private let file: SafetensorsFile
    private let copies: WeightCopies

    /// - Throws: ``ModelFileError`` if a tensor is missing or has another shape.
    init(_ file: SafetensorsFile, variant: NetworkVariant) throws(ModelFileError) {
        self.file = file
        let copies = WeightCopies()
        self.copies = copies
        var layers: [String: Layer] = [:]
        let size = NetworkVariant.minimumInputSize
        for layer in variant.layers(height: size, width: size) {
            var tensors: [String: SafetensorsTensor] = [:]
            for (suffix, shape) in layer.tensors {
                tensors[suffix] = try file.tensor("\(layer.name)/\(suffix)", shape: shape)
            }
            layers[layer.name] = Layer(
                matrix: WeightMatrix(tensors["pointwise_kernel"] ?? tensors["kernel"]!),
                bias: copies.floats(tensors["bias"]!),
                depthwise: tensors["depthwise_kernel"].map(copies.floats),
                winograd: layer.name == "block1_conv2" ? winogradFilters(tensors["kernel"]!) : nil)
        }
        self.layers = layers
    }

    func expectManyUses() {
        for layer in layers.values where layer.winograd == nil { layer.matrix.expectManyUses() }
    }

    /// - Precondition: the network has a layer of that name.
    subscript(name: String) -> Layer { layers[name]! }
}

private func winogradFilters(_ kernel: SafetensorsTensor) -> WinogradFilters? {
    let copies = WeightCopies()
    return withExtendedLifetime(copies) {
        WinogradFilters(
            kernel: copies.floats(kernel), channels: kernel.shape[2], filters: kernel.shape[3], kernels: .best)
    }
}

/// Tensors as 32-bit floats, each with a vector of slack behind it, for as long as this lives.
final class WeightCopies: @unchecked Sendable {
    private var memory: [ScratchMemory] = []

    func floats(_ tensor: SafetensorsTensor) -> UnsafePointer<Float> {
        let count = tensor.shape.reduce(1, *)
        let scratch = ScratchMemory()
        scratch.reserve(count + KernelSet.maximumLanes)
        let floats = scratch.base
        switch tensor.elementType {
        case .float16: KernelSet.best.widen(float16: tensor.bytes.baseAddress!, count: count, into: floats)
        case .float32: UnsafeMutableRawPointer(floats).copyMemory(from: tensor.bytes.baseAddress!, byteCount: count * 4)
        }
        (floats + count).initialize(repeating: 0, count: KernelSet.maximumLanes)
        memory.append(scratch)
        return UnsafePointer(floats)
    }
}

extension WeightMatrix {
    /// A tensor as a matrix: its last dimension are the columns.
    init(_ tensor: SafetensorsTensor) {
        let columns = tensor.shape.last!
        self.init(
            base: tensor.bytes.baseAddress!, isHalf: tensor.elementType == .float16,
            rows: tensor.shape.reduce(1, *) / columns, columns: columns, isMapped: true)
    }
}
