internal import CSIMD
import Kernels

/// Products of rows on an arm64 processor that has Armv8.2's dot products: `sdot`, for which 128 is taken off
/// the bytes of rows.
public enum DotProductRowKernels: RowKernels {
    public enum Product: RowProduct {
        public typealias Register = SIMD4<Int32>

        public static var bytesPerStep: Int { 16 }
        public static var rowOffset: Int32 { 128 }

        @inline(__always)
        public static func loadRow(_ bytes: UnsafeRawPointer) -> Register {
            bytes.loadUnaligned(as: Register.self) ^ Int32(bitPattern: 0x8080_8080)
        }

        @inline(__always)
        public static func loadOther(_ bytes: UnsafeRawPointer) -> Register { bytes.loadUnaligned(as: Register.self) }

        @inline(__always)
        public static func multiplyAdd(_ sums: Register, _ row: Register, _ other: Register) -> Register {
            csimd_multiply_add_signed_bytes_i32x4(sums, row, other)
        }

        @inline(__always)
        public static func sum(_ lanes: Register) -> Int32 { csimd_sum_i32x4(lanes) }
    }
}
