import Kernels

/// Only to be used on a processor that has AVX-512.
public struct AVX512Kernels: KernelSet {
    public typealias Vector = SIMD16<Float>

    public var instructionSet: InstructionSet { .avx512 }
    public var registers: Int { 32 }

    public init() {}
}
