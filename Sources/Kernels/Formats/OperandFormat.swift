/// The storage and multiplication of a product's operands.
///
/// Packed operands are counted in 32-bit words of 1, 2 or 4 values. One word of the left operand is
/// broadcast and meets a register of words of the right one, so layouts, tiling and the
/// microkernel's text are the same for all formats.
public protocol OperandFormat: Sendable {
    associatedtype Vector: FloatVector
    /// A register of packed words.
    associatedtype Words: SIMD
    /// A register of accumulators.
    associatedtype Sums: SIMD

    static var precision: Precision { get }
    static var valuesPerWord: Int { get }

    /// `sums + a * b`, summed over the values of a word.
    static func multiplyAdd(_ sums: Sums, _ a: Words, _ b: Words) -> Sums
    /// The sums of a tile's row, from `column` on, as real numbers.
    ///
    /// - Parameter scales: the tile's scales, in formats that have them.
    static func values(_ sums: Sums, row: Int, column: Int, of scales: TileScales?) -> Vector

    /// Quantized value of a row's largest magnitude; nil in formats without scales.
    static var rowLimit: Float? { get }
    /// Zero point of a row; the initial sums subtract it. 0 in formats without scales.
    static var rowOffset: Int32 { get }
    /// Quantized value of a column's largest magnitude; nil in formats without scales.
    static var columnLimit: Float? { get }
    /// One register of words of the left operand; value `i` of each word comes from `values(i)`.
    static func packLeft(_ values: (_ index: Int) -> Vector, inverseScale: Vector) -> Words
    /// One register of words of the right operand.
    static func packRight(_ values: (_ index: Int) -> Vector, inverseScales: Vector) -> Words
    /// The sums over the values of each packed word of the right operand, in formats that have scales.
    static func wordSums(_ words: Words) -> Vector.Integers
}

extension OperandFormat {
    @_alwaysEmitIntoClient @inline(__always)
    static var lanes: Int { Vector.lanes }
}
