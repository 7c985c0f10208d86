/// The product of a row of unsigned bytes and one of signed bytes, some bytes of each at a time.
public protocol RowProduct: Sendable {
    /// A register of 32-bit sums, or of the bytes that a step reads.
    associatedtype Register: SIMD, Sendable where Register.Scalar == Int32

    /// Bytes of either row that one step reads; a divisor of ``rowAlignment``.
    static var bytesPerStep: Int { get }
    /// The amount that ``loadRow(_:)`` subtracts from each byte: 128 if the instruction multiplies signed bytes only,
    /// or 0.
    static var rowOffset: Int32 { get }

    static func loadRow(_ bytes: UnsafeRawPointer) -> Register
    static func loadOther(_ bytes: UnsafeRawPointer) -> Register
    /// Adds the products to the sums, several to each lane. Exact: nothing saturates.
    static func multiplyAdd(_ sums: Register, _ row: Register, _ other: Register) -> Register
    static func sum(_ lanes: Register) -> Int32
}

/// The number of bytes that divides the length of every row: the widest instruction set reads as many in a step.
public let rowAlignment = 64
