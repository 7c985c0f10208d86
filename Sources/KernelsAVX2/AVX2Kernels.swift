import Kernels

/// Kernels for a processor that has AVX2, FMA and F16C.
public enum AVX2Kernels: OperatorKernels {
    public typealias Vector = SIMD8<Float>

    public static var instructionSet: InstructionSet { .avx2 }
    public static var registers: Int { 16 }
}
