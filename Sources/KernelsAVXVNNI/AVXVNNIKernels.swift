internal import CSIMD
import Kernels

/// Products of bytes on a processor that has AVX-VNNI: `vpdpbusd` of 256 bits.
public enum AVXVNNIKernels: GemmKernels {
    public enum Product: Int8Product {
        public typealias Vector = SIMD8<Float>

        public static var weightLimit: Float { 127 }
        public static var rowOffset: Int32 { 128 }

        @inline(__always)
        public static func multiplyAdd(_ sums: SIMD8<Int32>, _ a: SIMD8<Int32>, _ b: SIMD8<Int32>) -> SIMD8<Int32> {
            csimd_multiply_add_bytes_i32x8(sums, a, b)
        }
    }

    public typealias Format = Int8Format<Product>

    public static var instructions: String { "avx-vnni" }
    public static var registers: Int { 16 }
}
