internal import CSIMD
import Kernels

/// Products of bytes on an arm64 processor that has Armv8.2's dot products: `sdot`.
public enum DotProductKernels: GemmKernels {
    public enum Product: Int8Product {
        public typealias Vector = SIMD4<Float>

        public static var weightLimit: Float { 127 }
        public static var rowOffset: Int32 { 0 }

        @inline(__always)
        public static func multiplyAdd(_ sums: SIMD4<Int32>, _ a: SIMD4<Int32>, _ b: SIMD4<Int32>) -> SIMD4<Int32> {
            csimd_multiply_add_signed_bytes_i32x4(sums, a, b)
        }
    }

    public typealias Format = Int8Format<Product>

    public static var instructions: String { "sdot" }
    public static var registers: Int { 32 }
}
