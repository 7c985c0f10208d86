/// The product of two registers of bfloat16 pairs, added to 32-bit floats.
public protocol BFloat16Product: Sendable {
    associatedtype Vector: FloatVector
    static func multiplyAdd(_ sums: Vector, _ a: Vector.Integers, _ b: Vector.Integers) -> Vector
}

/// Pairs of bfloat16 numbers, the upper halves of 32-bit floats, rounded to nearest, ties to even.
public enum BFloat16Format<Product: BFloat16Product>: OperandFormat {
    public typealias Vector = Product.Vector
    public typealias Words = Product.Vector.Integers

    @inlinable public static var precision: Precision { .bf16 }
    @inlinable public static var valuesPerWord: Int { 2 }
    @inlinable public static var rowLimit: Float? { nil }
    @inlinable public static var rowOffset: Int32 { 0 }
    @inlinable public static var columnLimit: Float? { nil }

    @inlinable @inline(__always)
    public static func multiplyAdd(_ sums: Vector, _ a: Words, _ b: Words) -> Vector {
        Product.multiplyAdd(sums, a, b)
    }

    @inlinable @inline(__always)
    public static func values(_ sums: Vector, row: Int, column: Int, of scales: TileScales?) -> Vector { sums }

    @inlinable @inline(__always)
    public static func packLeft(_ values: (Int) -> Vector, inverseScale: Vector) -> Words {
        Vector.bfloat16Pairs(low: values(0), high: values(1))
    }

    @inlinable @inline(__always)
    public static func packRight(_ values: (Int) -> Vector, inverseScales: Vector) -> Words {
        Vector.bfloat16Pairs(low: values(0), high: values(1))
    }

    @inlinable @inline(__always)
    public static func wordSums(_ words: Words) -> Words { .zero }
}
