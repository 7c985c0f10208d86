import Kernels

/// Only to be used on a processor that has AVX2, FMA and F16C.
public struct AVX2Kernels: KernelSet {
    public typealias Vector = SIMD8<Float>

    public var instructionSet: InstructionSet { .avx2 }
    public var registers: Int { 16 }

    public init() {}
}
