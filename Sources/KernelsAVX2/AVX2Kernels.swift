import Kernels

extension KernelSet {
    /// Only to be touched on a processor that has AVX2, FMA and F16C.
    public static let avx2 = KernelSet(.avx2, vector: SIMD8<Float>.self, registers: 16)
}
