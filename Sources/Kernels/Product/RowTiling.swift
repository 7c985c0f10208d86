/// How the rows of a left operand are divided into tiles of the microkernel's height and packed.
///
/// Heights differ by one at most, so that none of the 361 rows of a 19x19 image is wasted
/// on a ragged last tile. Packed, a tile is `[depth / lanes][height][lanes]` words.
struct RowTiling {
    /// First row of each tile, and the number of rows after the last.
    let starts: [Int]
    /// Height of the microkernel for a tile with few rows: its missing rows are computed
    /// and dropped.
    let minimumRows: Int

    init(rows: Int, shape: MicrokernelShape) {
        let count = (rows + shape.maximumRows - 1) / shape.maximumRows
        starts = (0...count).map { $0 * rows / count }
        minimumRows = shape.minimumRows
    }

    var count: Int { starts.count - 1 }

    func rows(of tile: Int) -> Int { starts[tile + 1] - starts[tile] }
    func height(of tile: Int) -> Int { max(rows(of: tile), minimumRows) }

    /// Rows that packed tiles take up.
    var packedRows: Int { (0..<count).reduce(0) { $0 + height(of: $1) } }

    /// Where each row goes in a packed operand of `blocks` channel blocks.
    func packing(blocks: Int, lanes: Int) -> [PackedRow] {
        (0..<count).flatMap { tile in
            (0..<rows(of: tile)).map { row in
                PackedRow(
                    offset: starts[tile] * blocks * lanes + row * lanes, step: height(of: tile) * lanes)
            }
        }
    }
}
