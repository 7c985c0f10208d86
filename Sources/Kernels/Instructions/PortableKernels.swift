/// The kernels that run on every processor of the architecture.
public enum PortableKernels: OperatorKernels {
    public typealias Vector = SIMD4<Float>

    public static var instructionSet: InstructionSet { .portable }
    #if arch(arm64)
    public static var registers: Int { 32 }
    #else
    public static var registers: Int { 16 }
    #endif
}
