import Kernels

extension KernelSet {
    /// Only to be touched on a processor that has AVX-512.
    public static let avx512 = KernelSet(.avx512, vector: SIMD16<Float>.self, registers: 32)
}
