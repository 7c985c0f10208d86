/// The kernels that run on every processor of the architecture.
public struct PortableKernels: KernelSet {
    public typealias Vector = SIMD4<Float>

    public var instructionSet: InstructionSet { .portable }
    #if arch(arm64)
    public var registers: Int { 32 }
    #else
    public var registers: Int { 16 }
    #endif

    public init() {}
}
