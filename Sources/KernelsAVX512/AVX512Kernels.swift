import Kernels

/// Kernels for a processor that has AVX-512.
public enum AVX512Kernels: OperatorKernels {
    public typealias Vector = SIMD16<Float>

    public static var instructionSet: InstructionSet { .avx512 }
    public static var registers: Int { 32 }
}
