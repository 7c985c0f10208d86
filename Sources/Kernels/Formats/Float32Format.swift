/// 32-bit floats.
public enum Float32Format<Vector: FloatVector>: OperandFormat {
    @inlinable public static var precision: Precision { .fp32 }
    @inlinable public static var valuesPerWord: Int { 1 }
    @inlinable public static var rowLimit: Float? { nil }
    @inlinable public static var rowOffset: Int32 { 0 }
    @inlinable public static var columnLimit: Float? { nil }

    @inlinable @inline(__always)
    public static func multiplyAdd(_ sums: Vector, _ a: Vector, _ b: Vector) -> Vector { sums.adding(a, times: b) }

    @inlinable @inline(__always)
    public static func values(_ sums: Vector, row: Int, column: Int, of scales: TileScales?) -> Vector { sums }

    @inlinable @inline(__always)
    public static func packLeft(_ values: (Int) -> Vector, inverseScale: Vector) -> Vector { values(0) }

    @inlinable @inline(__always)
    public static func packRight(_ values: (Int) -> Vector, inverseScales: Vector) -> Vector { values(0) }

    @inlinable @inline(__always)
    public static func wordSums(_ words: Vector) -> Vector.Integers { .zero }
}
