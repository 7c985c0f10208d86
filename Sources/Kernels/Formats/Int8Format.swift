/// A dot-product instruction: four activation bytes by four weight bytes in each 32-bit lane, accumulated.
public protocol Int8Product: Sendable {
    associatedtype Vector: FloatVector
    /// The largest magnitude of the signed bytes with which no sum overflows: 127 or 63.
    static var weightLimit: Float { get }
    /// The zero point of activations: 128 if the instruction takes them as unsigned bytes, or 0.
    static var rowOffset: Int32 { get }
    static func multiplyAdd(_ sums: Vector.Integers, _ a: Vector.Integers, _ b: Vector.Integers) -> Vector.Integers
}

/// Four bytes per word: activations offset + round(x / scale) with one scale per pixel, weights round(w / scale) with
/// one scale per output channel.
///
/// No calibration is needed, and an outlier in one pixel does not affect the others. An offset of 128 is free: sums
/// begin at -128 times the sum of a column's weights.
public enum Int8Format<Product: Int8Product>: OperandFormat {
    public typealias Vector = Product.Vector
    public typealias Words = Product.Vector.Integers
    public typealias Sums = Product.Vector.Integers

    @inlinable public static var precision: Precision { .int8 }
    @inlinable public static var valuesPerWord: Int { 4 }
    @inlinable public static var rowLimit: Float? { 127 }
    @inlinable public static var rowOffset: Int32 { Product.rowOffset }
    @inlinable public static var columnLimit: Float? { Product.weightLimit }

    @inlinable @inline(__always)
    public static func multiplyAdd(_ sums: Sums, _ a: Words, _ b: Words) -> Sums { Product.multiplyAdd(sums, a, b) }

    @inlinable @inline(__always)
    public static func values(_ sums: Sums, row: Int, column: Int, of scales: TileScales?) -> Vector {
        let scales = scales.unsafelyUnwrapped
        let factor = Vector(repeating: scales.rows[row])
            * UnsafeRawPointer(scales.columns + column).loadUnaligned(as: Vector.self)
        let bias = UnsafeRawPointer(scales.bias + column).loadUnaligned(as: Vector.self)
        return bias.adding(Vector.converting(sums), times: factor)
    }

    @inlinable @inline(__always)
    public static func packLeft(_ values: (Int) -> Vector, inverseScale: Vector) -> Words {
        lowBytes(values, times: inverseScale, plus: integerOffset + Float(Product.rowOffset))
    }

    @inlinable @inline(__always)
    public static func packRight(_ values: (Int) -> Vector, inverseScales: Vector) -> Words {
        lowBytes(values, times: inverseScales, plus: integerOffset)
    }

    @inlinable @inline(__always)
    public static func wordSums(_ words: Words) -> Words { Vector.signedByteSums(words) }

    /// 1.5 * 2^23. Added to a small number, it leaves the number rounded to an integer, ties to even,
    /// in the low bits of the sum.
    @inlinable static var integerOffset: Float { 12_582_912 }

    @inlinable @inline(__always)
    static func lowBytes(_ values: (Int) -> Vector, times factor: Vector, plus offset: Float) -> Words {
        Vector.lowBytes(
            (values(0), values(1), values(2), values(3)), times: factor, plus: Vector(repeating: offset))
    }
}
