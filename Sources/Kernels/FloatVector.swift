import CSIMD

/// A register of 32-bit floats: what the kernels are generic over.
///
/// The standard library's operators become one instruction each; what it spells element by
/// element (the larger of two, conversion from binary16) goes to a C one-liner.
public protocol FloatVector: SIMD, Sendable where Scalar == Float {
    /// `self + a * b`, fused where the instruction set has it.
    func adding(_ a: Self, times b: Self) -> Self
    static func maximum(_ a: Self, _ b: Self) -> Self
    /// Reads as many IEEE binary16 values as the vector has lanes.
    static func widening(float16 bits: UnsafeRawPointer) -> Self
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
}

extension SIMD4<Float>: FloatVector {
    @inlinable @inline(__always)
    public func adding(_ a: Self, times b: Self) -> Self {
        #if arch(x86_64)
        // SSE has no fused multiply-add; `addingProduct` would call libm for each lane.
        self + a * b
        #else
        addingProduct(a, b)
        #endif
    }

    @inlinable @inline(__always)
    public static func maximum(_ a: Self, _ b: Self) -> Self { csimd_maximum_f32x4(a, b) }

    @inlinable @inline(__always)
    public static func widening(float16 bits: UnsafeRawPointer) -> Self { csimd_widen_f16x4(bits) }
}

extension SIMD8<Float>: FloatVector {
    @inlinable @inline(__always)
    public func adding(_ a: Self, times b: Self) -> Self { addingProduct(a, b) }

    @inlinable @inline(__always)
    public static func maximum(_ a: Self, _ b: Self) -> Self { csimd_maximum_f32x8(a, b) }

    @inlinable @inline(__always)
    public static func widening(float16 bits: UnsafeRawPointer) -> Self { csimd_widen_f16x8(bits) }
}

extension SIMD16<Float>: FloatVector {
    @inlinable @inline(__always)
    public func adding(_ a: Self, times b: Self) -> Self { addingProduct(a, b) }

    @inlinable @inline(__always)
    public static func maximum(_ a: Self, _ b: Self) -> Self { csimd_maximum_f32x16(a, b) }

    @inlinable @inline(__always)
    public static func widening(float16 bits: UnsafeRawPointer) -> Self { csimd_widen_f16x16(bits) }
}
