internal import CSIMD
import Kernels

/// Products of bytes on a processor that has AVX2: three instructions, and weights of 7 bits, with which
/// the 16-bit sums of pairs cannot overflow.
public enum AVX2Int8Kernels: GemmKernels {
    public enum Product: Int8Product {
        public typealias Vector = SIMD8<Float>

        public static var weightLimit: Float { 63 }
        public static var rowOffset: Int32 { 128 }

        @inline(__always)
        public static func multiplyAdd(_ sums: SIMD8<Int32>, _ a: SIMD8<Int32>, _ b: SIMD8<Int32>) -> SIMD8<Int32> {
            csimd_multiply_add_7bit_i32x8(sums, a, b)
        }
    }

    public typealias Format = Int8Format<Product>

    public static var instructions: String { "avx2, 7-bit weights" }
    public static var registers: Int { 16 }
}
