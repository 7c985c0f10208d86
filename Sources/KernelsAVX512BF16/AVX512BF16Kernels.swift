internal import CSIMD
import Kernels

/// Products of bfloat16 on a processor that has AVX-512 BF16: `vdpbf16ps`.
public enum AVX512BF16Kernels: GemmKernels {
    public enum Product: BFloat16Product {
        public typealias Vector = SIMD16<Float>

        @inline(__always)
        public static func multiplyAdd(_ sums: SIMD16<Float>, _ a: SIMD16<Int32>, _ b: SIMD16<Int32>) -> SIMD16<Float> {
            csimd_multiply_add_bf16_f32x16(sums, a, b)
        }
    }

    public typealias Format = BFloat16Format<Product>

    public static var instructions: String { "avx512-bf16" }
    public static var registers: Int { 32 }
}
