import Synchronization

/// The weights of a convolution. Any number of engines share them.
public final class ConvolutionWeights: @unchecked Sendable {
    /// The layer's name, for error messages.
    public let name: String
    /// `[kernel height x kernel width x channels]` rows, one column for each filter; 1x1 after a depthwise
    /// convolution.
    let kernel: WeightMatrix
    let kernelSize: Int
    /// `[filters]`
    let bias: PaddedFloats
    /// `[9 x channels]`, of separable convolutions.
    let depthwise: PaddedFloats?
    /// `[channels]`, of separable convolutions that add one between their two parts.
    let depthwiseBias: PaddedFloats?

    /// Keeps the kernel's memory alive.
    private let owner: AnyObject
    private let policy: PrepackingPolicy
    private let uses = Atomic<Int>(0)
    private let prepacked = Mutex<[PanelLayout: PrepackedPanels]>([:])
    /// Held while one session packs.
    private let prepacking = Mutex<Void>(())

    /// The key of prepacked panels.
    struct PanelLayout: Hashable {
        let algorithm: ConvolutionAlgorithm
        /// The type of the kernels that packed them.
        let kernels: ObjectIdentifier
    }

    /// Makes the weights of a layer.
    ///
    /// - Parameter owner: keeps the kernel's memory alive.
    public init(
        name: String, kernel: WeightMatrix, owner: AnyObject, kernelSize: Int, bias: PaddedFloats,
        depthwise: PaddedFloats? = nil, depthwiseBias: PaddedFloats? = nil, prepacking policy: PrepackingPolicy = .never
    ) {
        let channels = kernel.rows / (kernelSize * kernelSize)
        check(
            kernelSize > 0 && kernel.rows == channels * kernelSize * kernelSize,
            "\(name): no \(kernelSize)x\(kernelSize) kernel has \(kernel.rows) rows")
        check(bias.count == kernel.columns, "\(name): \(bias.count) biases for \(kernel.columns) filters")
        check(
            depthwise == nil || kernelSize == 1 && depthwise!.count == 9 * channels,
            "\(name): the depthwise kernel is not of \(channels) channels")
        check(
            depthwiseBias == nil || depthwise != nil && depthwiseBias!.count == channels,
            "\(name): the depthwise bias is not of \(channels) channels")
        self.name = name
        self.kernel = kernel
        self.kernelSize = kernelSize
        self.bias = bias
        self.depthwise = depthwise
        self.depthwiseBias = depthwiseBias
        self.owner = owner
        self.policy = policy
    }

    var channels: Int { kernel.rows / (kernelSize * kernelSize) }
    var filters: Int { kernel.columns }

    /// Prepacked panels, or nil while the policy has none.
    ///
    /// - Parameters:
    ///   - isRequired: true if the product needs them.
    ///   - pack: makes them.
    func panels(
        _ layout: PanelLayout, isRequired: Bool, pack: () throws(OutOfMemory) -> PrepackedPanels
    ) throws(OutOfMemory) -> PrepackedPanels? {
        if let panels = prepacked.withLock({ $0[layout] }) { return panels }
        if !isRequired {
            switch policy {
            case .never: return nil
            case .afterImages(let count):
                // One session packs; meanwhile the others run unpacked.
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
