/// Vectors of equal length, one per photo: `[rows x columns]`, each row padded with zeros to whole registers.
struct DenseRows: Sendable {
    typealias Block = SIMD8<Float>

    let rows: Int
    let columns: Int
    let blocksPerRow: Int
    /// `[rows x blocksPerRow]`
    private(set) var blocks: [Block]

    /// Makes rows.
    ///
    /// - Parameter row: returns the values of a row, `[columns]`.
    init(rows: Int, columns: Int, row: (Int) -> [Float]) {
        self.rows = rows
        self.columns = columns
        blocksPerRow = Self.blocks(for: columns)
        blocks = []
        blocks.reserveCapacity(rows * blocksPerRow)
        for index in 0..<rows { blocks += Self.blocks(of: row(index)) }
    }

    /// Returns the number of blocks that hold `count` values.
    static func blocks(for count: Int) -> Int { (count + Block.scalarCount - 1) / Block.scalarCount }

    /// Returns the values, with zeros to the end of the last block.
    static func blocks(of values: [Float]) -> [Block] {
        (0..<blocks(for: values.count)).map { index in
            var block = Block.zero
            let first = index * Block.scalarCount
            for lane in 0..<min(Block.scalarCount, values.count - first) { block[lane] = values[first + lane] }
            return block
        }
    }

    /// Returns the scalar product of two rows.
    func product(_ row: Int, _ other: Int) -> Double {
        var sum = SIMD8<Double>.zero
        let (first, second) = (row * blocksPerRow, other * blocksPerRow)
        for block in 0..<blocksPerRow {
            sum += SIMD8<Double>(blocks[first + block]) * SIMD8<Double>(blocks[second + block])
        }
        return sum.sum()
    }

    /// Returns a row's values, `[columns]`.
    func values(_ row: Int) -> [Float] {
        let first = row * blocksPerRow
        return (0..<columns).map { blocks[first + $0 / Block.scalarCount][$0 % Block.scalarCount] }
    }
}
