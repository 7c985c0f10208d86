import CSIMD

/// Lanes of the longest vector of any instruction set; as many elements of padding suffice for all.
public let maximumLanes = 16

/// A register of 32-bit floats, the type that kernels are generic over.
///
/// The standard library's operators become one instruction each; operations that it expands element by element are C
/// one-liners.
public protocol FloatVector: SIMD, Sendable where Scalar == Float {
    /// A register of 32-bit integers.
    associatedtype Integers: SIMD, Sendable where Integers.Scalar == Int32

    /// `self + a * b`, fused where the instruction set has it.
    func adding(_ a: Self, times b: Self) -> Self
    /// The larger of two; `b` if either is NaN.
    static func maximum(_ a: Self, _ b: Self) -> Self
    /// The smaller of two; `b` if either is NaN.
    static func minimum(_ a: Self, _ b: Self) -> Self
    /// The larger magnitude of two; NaN if either is NaN.
    static func maximumMagnitude(_ a: Self, _ b: Self) -> Self
    /// The largest magnitude of any lane; NaN if one is NaN.
    var largestMagnitude: Float { get }
    /// `a` in the lanes whose mask is negative, `b` in the others.
    static func selecting(_ a: Self, _ b: Self, _ mask: Integers) -> Self
    /// Reads as many IEEE binary16 values as the vector has lanes.
    static func converting(float16 bits: UnsafeRawPointer) -> Self
    /// Writes IEEE binary16 values, rounded to nearest, ties to even.
    func storeFloat16(_ bits: UnsafeMutableRawPointer)
    static func converting(_ integers: Integers) -> Self
    /// The lowest bytes of four sums' bit patterns in each lane, `values.0 * factor + offset` first.
    static func lowBytes(_ values: (Self, Self, Self, Self), times factor: Self, plus offset: Self) -> Integers
    static func adding(_ a: Integers, _ b: Integers) -> Integers
    /// The sum of the four signed bytes of each lane.
    static func signedByteSums(_ words: Integers) -> Integers
    /// Two values per lane rounded to bfloat16, ties to even, `low` in the lower half.
    static func bfloat16Pairs(low: Self, high: Self) -> Integers
}

extension FloatVector {
    @_alwaysEmitIntoClient @inline(__always)
    static var lanes: Int { MemoryLayout<Self>.size / MemoryLayout<Float>.size }

    @_alwaysEmitIntoClient @inline(__always)
    static func load(_ pointer: UnsafePointer<Float>) -> Self {
        UnsafeRawPointer(pointer).loadUnaligned(as: Self.self)
    }

    @_alwaysEmitIntoClient @inline(__always)
    func store(_ pointer: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Self.self)
    }

    /// `max(self, 0)`; NaN stays NaN.
    @_alwaysEmitIntoClient @inline(__always)
    var relu: Self { Self.maximum(.zero, self) }
}

extension SIMD4<Float>: FloatVector {
    public typealias Integers = SIMD4<Int32>

    @inlinable @inline(__always)
    public func adding(_ a: Self, times b: Self) -> Self {
        #if arch(x86_64)
        // SSE has no fused multiply-add; `addingProduct` would call libm for each lane.
        self + a * b
        #else
        csimd_multiply_add_f32x4(a, b, self)
        #endif
    }

    @inlinable @inline(__always)
    public static func maximum(_ a: Self, _ b: Self) -> Self { csimd_maximum_f32x4(a, b) }

    @inlinable @inline(__always)
    public static func minimum(_ a: Self, _ b: Self) -> Self { csimd_minimum_f32x4(a, b) }

    @inlinable @inline(__always)
    public static func maximumMagnitude(_ a: Self, _ b: Self) -> Self { csimd_maximum_magnitude_f32x4(a, b) }

    @inlinable @inline(__always)
    public var largestMagnitude: Float { csimd_largest_magnitude_f32x4(self) }

    @inlinable @inline(__always)
    public static func selecting(_ a: Self, _ b: Self, _ mask: SIMD4<Int32>) -> Self {
        csimd_select_f32x4(mask, a, b)
    }

    @inlinable @inline(__always)
    public static func converting(float16 bits: UnsafeRawPointer) -> Self { csimd_convert_f16x4(bits) }

    @inlinable @inline(__always)
    public func storeFloat16(_ bits: UnsafeMutableRawPointer) { csimd_store_f16x4(bits, self) }

    @inlinable @inline(__always)
    public static func converting(_ integers: SIMD4<Int32>) -> Self { csimd_convert_i32x4(integers) }

    @inlinable @inline(__always)
    public static func lowBytes(
        _ values: (Self, Self, Self, Self), times factor: Self, plus offset: Self
    ) -> SIMD4<Int32> {
        csimd_low_bytes_f32x4(values.0, values.1, values.2, values.3, factor, offset)
    }

    @inlinable @inline(__always)
    public static func adding(_ a: SIMD4<Int32>, _ b: SIMD4<Int32>) -> SIMD4<Int32> { a &+ b }

    @inlinable @inline(__always)
    public static func signedByteSums(_ words: SIMD4<Int32>) -> SIMD4<Int32> { csimd_signed_byte_sums_i32x4(words) }

    @inlinable @inline(__always)
    public static func bfloat16Pairs(low: Self, high: Self) -> SIMD4<Int32> { csimd_bf16_pairs_f32x4(low, high) }
}

extension SIMD8<Float>: FloatVector {
    public typealias Integers = SIMD8<Int32>

    @inlinable @inline(__always)
    public func adding(_ a: Self, times b: Self) -> Self { csimd_multiply_add_f32x8(a, b, self) }

    @inlinable @inline(__always)
    public static func maximum(_ a: Self, _ b: Self) -> Self { csimd_maximum_f32x8(a, b) }

    @inlinable @inline(__always)
    public static func minimum(_ a: Self, _ b: Self) -> Self { csimd_minimum_f32x8(a, b) }

    @inlinable @inline(__always)
    public static func maximumMagnitude(_ a: Self, _ b: Self) -> Self { csimd_maximum_magnitude_f32x8(a, b) }

    @inlinable @inline(__always)
    public var largestMagnitude: Float { csimd_largest_magnitude_f32x8(self) }

    @inlinable @inline(__always)
    public static func selecting(_ a: Self, _ b: Self, _ mask: SIMD8<Int32>) -> Self {
        csimd_select_f32x8(mask, a, b)
    }

    @inlinable @inline(__always)
    public static func converting(float16 bits: UnsafeRawPointer) -> Self { csimd_convert_f16x8(bits) }

    @inlinable @inline(__always)
    public func storeFloat16(_ bits: UnsafeMutableRawPointer) { csimd_store_f16x8(bits, self) }

    @inlinable @inline(__always)
    public static func converting(_ integers: SIMD8<Int32>) -> Self { csimd_convert_i32x8(integers) }

    @inlinable @inline(__always)
    public static func lowBytes(
        _ values: (Self, Self, Self, Self), times factor: Self, plus offset: Self
    ) -> SIMD8<Int32> {
        csimd_low_bytes_f32x8(values.0, values.1, values.2, values.3, factor, offset)
    }

    @inlinable @inline(__always)
    public static func adding(_ a: SIMD8<Int32>, _ b: SIMD8<Int32>) -> SIMD8<Int32> { a &+ b }

    @inlinable @inline(__always)
    public static func signedByteSums(_ words: SIMD8<Int32>) -> SIMD8<Int32> { csimd_signed_byte_sums_i32x8(words) }

    @inlinable @inline(__always)
    public static func bfloat16Pairs(low: Self, high: Self) -> SIMD8<Int32> { csimd_bf16_pairs_f32x8(low, high) }
}

extension SIMD16<Float>: FloatVector {
    public typealias Integers = SIMD16<Int32>

    @inlinable @inline(__always)
    public func adding(_ a: Self, times b: Self) -> Self { csimd_multiply_add_f32x16(a, b, self) }

    @inlinable @inline(__always)
    public static func maximum(_ a: Self, _ b: Self) -> Self { csimd_maximum_f32x16(a, b) }

    @inlinable @inline(__always)
    public static func minimum(_ a: Self, _ b: Self) -> Self { csimd_minimum_f32x16(a, b) }

    @inlinable @inline(__always)
    public static func maximumMagnitude(_ a: Self, _ b: Self) -> Self { csimd_maximum_magnitude_f32x16(a, b) }

    @inlinable @inline(__always)
    public var largestMagnitude: Float { csimd_largest_magnitude_f32x16(self) }

    @inlinable @inline(__always)
    public static func selecting(_ a: Self, _ b: Self, _ mask: SIMD16<Int32>) -> Self {
        csimd_select_f32x16(mask, a, b)
    }

    @inlinable @inline(__always)
    public static func converting(float16 bits: UnsafeRawPointer) -> Self { csimd_convert_f16x16(bits) }

    @inlinable @inline(__always)
    public func storeFloat16(_ bits: UnsafeMutableRawPointer) { csimd_store_f16x16(bits, self) }

    @inlinable @inline(__always)
    public static func converting(_ integers: SIMD16<Int32>) -> Self { csimd_convert_i32x16(integers) }

    @inlinable @inline(__always)
    public static func lowBytes(
        _ values: (Self, Self, Self, Self), times factor: Self, plus offset: Self
    ) -> SIMD16<Int32> {
        csimd_low_bytes_f32x16(values.0, values.1, values.2, values.3, factor, offset)
    }

    @inlinable @inline(__always)
    public static func adding(_ a: SIMD16<Int32>, _ b: SIMD16<Int32>) -> SIMD16<Int32> { a &+ b }

    @inlinable @inline(__always)
    public static func signedByteSums(_ words: SIMD16<Int32>) -> SIMD16<Int32> { csimd_signed_byte_sums_i32x16(words) }

    @inlinable @inline(__always)
    public static func bfloat16Pairs(low: Self, high: Self) -> SIMD16<Int32> { csimd_bf16_pairs_f32x16(low, high) }
}
