import CSIMD

/// Products of bytes, for processors without an instruction for them.
public enum PortableInt8Kernels: GemmKernels {
    public enum Product: Int8Product {
        public typealias Vector = SIMD4<Float>

        public static var weightLimit: Float { 127 }
        public static var rowOffset: Int32 { 128 }

        @inlinable @inline(__always)
        public static func multiplyAdd(_ sums: SIMD4<Int32>, _ a: SIMD4<Int32>, _ b: SIMD4<Int32>) -> SIMD4<Int32> {
            csimd_multiply_add_bytes_i32x4(sums, a, b)
        }
    }

    public typealias Format = Int8Format<Product>

    public static var instructions: String { "portable" }
    public static var registers: Int { PortableKernels.registers }
    public static var isAccelerated: Bool { false }
}
