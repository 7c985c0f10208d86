#if arch(arm64)
private let registers = 32
#else
private let registers = 16
#endif

extension KernelSet {
    /// The kernels that run on every processor of the architecture.
    public static let portable = KernelSet(.portable, vector: SIMD4<Float>.self, registers: registers)
}
