internal import CSIMD
import Kernels

/// Products of rows on a processor that has AVX2: `vpmaddwd` of 256 bits, on widened bytes.
public enum AVX2RowKernels: RowKernels {
    public enum Product: RowProduct {
        public typealias Register = SIMD8<Int32>

        public static var bytesPerStep: Int { 16 }
        public static var rowOffset: Int32 { 0 }

        @inline(__always)
        public static func loadRow(_ bytes: UnsafeRawPointer) -> Register { csimd_load_u8x16(bytes) }

        @inline(__always)
        public static func loadOther(_ bytes: UnsafeRawPointer) -> Register { csimd_load_s8x16(bytes) }

        @inline(__always)
        public static func multiplyAdd(_ sums: Register, _ row: Register, _ other: Register) -> Register {
            csimd_multiply_add_i16_i32x8(sums, row, other)
        }

        @inline(__always)
        public static func sum(_ lanes: Register) -> Int32 { csimd_sum_i32x8(lanes) }
    }
}
