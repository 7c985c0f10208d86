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

extension RowBlock.Shape {
    /// Where each pixel of the block's image rows goes.
    ///
    /// - Parameters:
    ///   - rows: where those of the block go.
    ///   - discarded: where those of other blocks go, which nothing reads.
    func packing(_ rows: [PackedRow], discarding discarded: PackedRow) -> [PackedRow] {
        Array(repeating: discarded, count: firstColumn) + rows
            + Array(repeating: discarded, count: imagePixels - firstColumn - pixels)
    }
}
