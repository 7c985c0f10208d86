/// How the rows of a left matrix are cut into tiles of the microkernel's height and packed.
///
/// Heights differ by one at most, so that none of the 361 rows of a 19x19 image is wasted
/// on a ragged last tile. Packed, a tile is `[depth / lanes][height][lanes]`.
struct RowTiling {
    /// First row of each tile, and the number of rows behind the last.
    let starts: [Int]
    /// Height of the microkernel for a tile with few rows: its missing rows are computed
    /// and dropped.
    let minimumRows: Int

    init(rows: Int, kernels: KernelSet) {
        let count = (rows + kernels.maximumRows - 1) / kernels.maximumRows
        starts = (0...count).map { $0 * rows / count }
        minimumRows = kernels.minimumRows
    }

    var count: Int { starts.count - 1 }

    func rows(of tile: Int) -> Int { starts[tile + 1] - starts[tile] }
    func height(of tile: Int) -> Int { max(rows(of: tile), minimumRows) }

    /// Rows that packed tiles take up.
    var packedRows: Int { (0..<count).reduce(0) { $0 + height(of: $1) } }

    /// Where each row's values go in a packed matrix of `blocks` channel blocks.
    func packing(blocks: Int, lanes: Int) -> [PackedRow] {
        var result: [PackedRow] = []
        for tile in 0..<count {
            for row in 0..<rows(of: tile) {
                result.append(PackedRow(
                    offset: Int32(starts[tile] * blocks * lanes + row * lanes), step: Int32(height(of: tile) * lanes)))
            }
        }
        return result
    }
}
