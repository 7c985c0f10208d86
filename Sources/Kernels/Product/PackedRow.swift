/// Where a row of a packed left operand is stored: its block `b` of channels begins `offset + b * step`
/// words after the operand's base.
public struct PackedRow: Sendable {
    @usableFromInline let offset: Int32
    @usableFromInline let step: Int32

    package init(offset: Int, step: Int) {
        self.offset = Int32(offset)
        self.step = Int32(step)
    }

    @inlinable @inline(__always)
    func word(block: Int) -> Int { Int(offset) + block * Int(step) }
}
