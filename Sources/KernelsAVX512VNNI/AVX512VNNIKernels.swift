internal import CSIMD
import Kernels

/// Products of bytes on a processor that has AVX-512 VNNI: `vpdpbusd` of 512 bits.
public enum AVX512VNNIKernels: GemmKernels {
    public enum Product: Int8Product {
        public typealias Vector = SIMD16<Float>

        public static var weightLimit: Float { 127 }
        public static var rowOffset: Int32 { 128 }

        @inline(__always)
        public static func multiplyAdd(_ sums: SIMD16<Int32>, _ a: SIMD16<Int32>, _ b: SIMD16<Int32>) -> SIMD16<Int32> {
            csimd_multiply_add_bytes_i32x16(sums, a, b)
        }
    }

    public typealias Format = Int8Format<Product>

    public static var instructions: String { "avx512-vnni" }
    public static var registers: Int { 32 }
}
