/// The place of a row of a packed left operand: its block `b` of channels begins `offset + b * step`
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

/// The part of a packed left operand that is made in one step: some channel blocks of the pixels of some output rows.
public struct OperandPart {
    @usableFromInline let rows: Range<Int>
    /// The channel that block 0 begins with.
    @usableFromInline let firstChannel: Int
    @usableFromInline let blocks: Range<Int>
    /// The places of the pixels of `rows`.
    @usableFromInline let places: UnsafePointer<PackedRow>
    /// The base of those places.
    @usableFromInline let output: UnsafeMutablePointer<Float>

    init(
        rows: Range<Int>, firstChannel: Int = 0, blocks: Range<Int>, places: UnsafePointer<PackedRow>,
        output: UnsafeMutablePointer<Float>
    ) {
        self.rows = rows
        self.firstChannel = firstChannel
        self.blocks = blocks
        self.places = places
        self.output = output
    }
}

extension RowBlock.Shape {
    /// The place of each pixel of the block's image rows.
    ///
    /// - Parameters:
    ///   - rows: the places of the block's own pixels.
    ///   - discarded: the place of pixels of other blocks, which is never read.
    func packing(_ rows: [PackedRow], discarding discarded: PackedRow) -> [PackedRow] {
        Array(repeating: discarded, count: firstColumn) + rows
            + Array(repeating: discarded, count: imagePixels - firstColumn - pixels)
    }
}

/// The division of a left operand's rows into tiles of the microkernel's height.
///
/// Heights differ by one at most, so that the 361 rows of a 19x19 image leave no ragged last tile. Packed, a tile is
/// `[depth / lanes][height][lanes]` words.
struct RowTiling {
    /// First row of each tile, and the number of rows after the last.
    let starts: [Int]
    /// The tiles of each height, taller ones first.
    let runs: [Range<Int>]
    /// Height of the microkernel for a tile with fewer rows: the missing rows are computed and dropped.
    let minimumRows: Int

    init(rows: Int, shape: MicrokernelShape) {
        let count = (rows + shape.maximumRows - 1) / shape.maximumRows
        let (height, taller) = rows.quotientAndRemainder(dividingBy: count)
        starts = (0...count).map { $0 * height + min($0, taller) }
        runs = [0..<taller, taller..<count].filter { !$0.isEmpty }
        minimumRows = shape.minimumRows
    }

    var count: Int { starts.count - 1 }

    func rows(of tile: Int) -> Int { starts[tile + 1] - starts[tile] }
    func height(of tile: Int) -> Int { max(rows(of: tile), minimumRows) }

    /// Rows of all packed tiles together.
    var packedRows: Int { (0..<count).reduce(0) { $0 + height(of: $1) } }

    /// Returns the place of each row in a packed operand of `blocks` channel blocks.
    func packing(blocks: Int, lanes: Int) -> [PackedRow] {
        (0..<count).flatMap { tile in
            (0..<rows(of: tile)).map { row in
                PackedRow(
                    offset: starts[tile] * blocks * lanes + row * lanes, step: height(of: tile) * lanes)
            }
        }
    }
}
