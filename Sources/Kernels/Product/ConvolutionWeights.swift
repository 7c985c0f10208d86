import Synchronization

/// When the weights of a convolution are packed once for all images to come.
///
/// Prepacked 32-bit floats take three to six times the memory of the model file, and filling fresh memory
/// takes as long as it saves in some thirty images: a program that answers one photo packs as it goes.
public enum PrepackingPolicy: Sendable, Equatable {
    case never
    case afterImages(Int)
    case atOnce
}

/// What a convolution multiplies by. Any number of engines share it.
public final class ConvolutionWeights: @unchecked Sendable {
    /// For error messages.
    public let name: String
    /// `[kernel height x kernel width x channels]` rows, one column for each filter; 1x1 after a depthwise
    /// convolution.
    let kernel: WeightMatrix
    let kernelSize: Int
    /// `[filters]`
    let bias: PaddedFloats
    /// `[9 x channels]`, of separable convolutions.
    let depthwise: PaddedFloats?

    /// Keeps the kernel's memory.
    private let owner: AnyObject
    private let policy: PrepackingPolicy
    private let uses = Atomic<Int>(0)
    private let prepacked = Mutex<[PanelLayout: PrepackedPanels]>([:])
    /// Held by the one that prepacks.
    private let prepacking = Mutex<Void>(())

    /// What prepacked panels depend on.
    struct PanelLayout: Hashable {
        let algorithm: ConvolutionAlgorithm
        /// The type of the kernels that packed them.
        let kernels: ObjectIdentifier
    }

    /// - Parameter owner: what keeps the kernel's memory.
    public init(
        name: String, kernel: WeightMatrix, owner: AnyObject, kernelSize: Int, bias: PaddedFloats,
        depthwise: PaddedFloats? = nil, prepacking policy: PrepackingPolicy = .never
    ) {
        let channels = kernel.rows / (kernelSize * kernelSize)
        check(kernelSize > 0 && kernel.rows == channels * kernelSize * kernelSize, "\(name): no \(kernelSize)x\(kernelSize) kernel has \(kernel.rows) rows")
        check(bias.count == kernel.columns, "\(name): \(bias.count) biases for \(kernel.columns) filters")
        check(depthwise == nil || kernelSize == 1 && depthwise!.count == 9 * channels, "\(name): the depthwise kernel is not of \(channels) channels")
        self.name = name
        self.kernel = kernel
        self.kernelSize = kernelSize
        self.bias = bias
        self.depthwise = depthwise
        self.owner = owner
        self.policy = policy
    }

    var channels: Int { kernel.rows / (kernelSize * kernelSize) }
    var filters: Int { kernel.columns }

    /// Prepacked panels, or nil while the policy has none.
    ///
    /// - Parameters:
    ///   - isRequired: whether nothing can be multiplied without.
    ///   - pack: makes them.
    func panels(
        _ layout: PanelLayout, isRequired: Bool, pack: () throws(OutOfMemory) -> PrepackedPanels
    ) throws(OutOfMemory) -> PrepackedPanels? {
        if let panels = prepacked.withLock({ $0[layout] }) { return panels }
        if !isRequired {
            switch policy {
            case .never: return nil
            case .afterImages(let count):
                // One session packs; the others go on without in the meantime.
                guard uses.add(1, ordering: .relaxed).newValue == count else { return nil }
            case .atOnce: break
            }
        }
        return try prepacking.withLock { _ throws(OutOfMemory) in
            if let panels = prepacked.withLock({ $0[layout] }) { return panels }
            let panels = try pack()
            prepacked.withLock { $0[layout] = panels }
            kernel.release()
            return panels
        }
    }
}
