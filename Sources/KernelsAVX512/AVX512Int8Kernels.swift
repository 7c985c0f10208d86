internal import CSIMD
import Kernels

/// Products of bytes on a processor that has AVX-512 without VNNI: three instructions, and weights of
/// 7 bits, with which the 16-bit sums of pairs cannot overflow.
public enum AVX512Int8Kernels: GemmKernels {
    public enum Product: Int8Product {
        public typealias Vector = SIMD16<Float>

        public static var weightLimit: Float { 63 }
        public static var rowOffset: Int32 { 128 }

        @inline(__always)
        public static func multiplyAdd(_ sums: SIMD16<Int32>, _ a: SIMD16<Int32>, _ b: SIMD16<Int32>) -> SIMD16<Int32> {
            csimd_multiply_add_7bit_i32x16(sums, a, b)
        }
    }

    public typealias Format = Int8Format<Product>

    public static var instructions: String { "avx512, 7-bit weights" }
    public static var registers: Int { 32 }
}
