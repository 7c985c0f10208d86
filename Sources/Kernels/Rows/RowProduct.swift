/// The product of a row of unsigned bytes and one of signed bytes, some bytes of each at a time.
public protocol RowProduct: Sendable {
    /// A register of 32-bit sums, or of whatever a step reads.
    associatedtype Register: SIMD, Sendable where Register.Scalar == Int32

    /// Bytes of either row that one step reads; a divisor of ``rowAlignment``.
    static var bytesPerStep: Int { get }
    /// What ``loadRow(_:)`` takes off each byte: 128 where the instruction multiplies signed bytes only, or 0.
    static var rowOffset: Int32 { get }

    static func loadRow(_ bytes: UnsafeRawPointer) -> Register
    static func loadOther(_ bytes: UnsafeRawPointer) -> Register
    /// Adds the products to the sums, several to each lane. Exact: nothing saturates.
    static func multiplyAdd(_ sums: Register, _ row: Register, _ other: Register) -> Register
    static func sum(_ lanes: Register) -> Int32
}

/// Rows are a multiple of so many bytes long: what the widest instruction set reads in a step.
public let rowAlignment = 64
