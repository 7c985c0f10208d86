internal import CSIMD
import Kernels

/// Products of rows on a processor that has AVX-512 VNNI: `vpdpbusd` of 512 bits.
public enum AVX512VNNIRowKernels: RowKernels {
    public enum Product: RowProduct {
        public typealias Register = SIMD16<Int32>

        public static var bytesPerStep: Int { 64 }
        public static var rowOffset: Int32 { 0 }

        @inline(__always)
        public static func loadRow(_ bytes: UnsafeRawPointer) -> Register { bytes.loadUnaligned(as: Register.self) }

        @inline(__always)
        public static func loadOther(_ bytes: UnsafeRawPointer) -> Register { bytes.loadUnaligned(as: Register.self) }

        @inline(__always)
        public static func multiplyAdd(_ sums: Register, _ row: Register, _ other: Register) -> Register {
            csimd_multiply_add_bytes_i32x16(sums, row, other)
        }

        @inline(__always)
        public static func sum(_ lanes: Register) -> Int32 { csimd_sum_i32x16(lanes) }
    }
}
