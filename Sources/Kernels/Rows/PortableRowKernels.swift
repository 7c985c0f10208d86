import CSIMD

/// Products of rows on every processor of the architecture: bytes are widened, and pairs summed in 32 bits.
public enum PortableRowKernels: RowKernels {
    public enum Product: RowProduct {
        public typealias Register = SIMD4<Int32>

        public static var bytesPerStep: Int { 8 }
        public static var rowOffset: Int32 { 0 }

        @inlinable @inline(__always)
        public static func loadRow(_ bytes: UnsafeRawPointer) -> Register { csimd_load_u8x8(bytes) }

        @inlinable @inline(__always)
        public static func loadOther(_ bytes: UnsafeRawPointer) -> Register { csimd_load_s8x8(bytes) }

        @inlinable @inline(__always)
        public static func multiplyAdd(_ sums: Register, _ row: Register, _ other: Register) -> Register {
            csimd_multiply_add_i16_i32x4(sums, row, other)
        }

        @inlinable @inline(__always)
        public static func sum(_ lanes: Register) -> Int32 { csimd_sum_i32x4(lanes) }
    }
}
