/// The layout of a Strassen-Winograd product's operands and its division among threads. Made once per shape.
struct StrassenPlan {
    /// The division of the product; its panels cover the left half of the columns.
    let partition: Partition
    let blocks: [StrassenBlock]
    /// Inner dimension of each of the seven products.
    let depth: Int
    let columns: Int
    /// Floats of one right operand of a panel of two vectors.
    let panelSize: Int
    private let shape: MicrokernelShape

    init(_ shape: ProductShape, kernels: any OperatorKernels.Type, threads: Int) {
        self.shape = kernels.shape
        let lanes = self.shape.lanes
        // The left half is the larger one, so that the right one begins at a cache line too.
        let line = CacheLine.words
        let half = (shape.columns / 2 + line - 1) / line * line
        partition = Partition(shape, depthWords: shape.depth, columns: half, lanes: lanes, threads: threads)
        depth = shape.depth / 2
        columns = shape.columns
        panelSize = depth * 2 * lanes
        let (innerDepth, microkernels) = (depth, self.shape)
        blocks = partition.layouts { StrassenBlock($0, depth: innerDepth, microkernels: microkernels) }
    }

    /// Returns the columns of the right half that are paired with a panel's; the last panels may have fewer.
    func partners(of panel: ColumnPanel) -> Range<Int> {
        let half = partition.panels.last!.columns.upperBound
        return (half + panel.first..<half + panel.first + panel.count).clamped(to: 0..<columns)
    }

    /// Floats of all panels, `[panels][operands][panelSize]`.
    var panelFloats: Int { partition.panels.count * StrassenOperand.allCases.count * panelSize }

    /// Returns the index of a panel's operand among the floats.
    func offset(of panel: ColumnPanel, _ operand: StrassenOperand) -> Int {
        (panel.index * StrassenOperand.allCases.count + operand.rawValue) * panelSize
    }

    func workspace(isPrepacked: Bool) -> Workspace.Size {
        // The sums U2 and U3 of every tile, those of the current one, and the step of the bias.
        let tiles = 2 * blocks.map(\.tiling.count).max()! + 1
        return Workspace.Size(
            left: blocks.map(\.size).max()!, panels: isPrepacked ? 0 : panelSize,
            tiles: (tiles * shape.maximumRows + 1) * 2 * shape.lanes)
    }
}

/// The seven packed left operands of a block of pixels, `[ceil(pixels / 2) x depth]` each, one after
/// the other: pixel `p` is paired with pixel `p + ceil(pixels / 2)`.
struct StrassenBlock {
    let pixels: Int
    /// Rows of each operand.
    let upperRows: Int
    let tiling: RowTiling
    /// The tiles of one height and with the same number of partners.
    private let runs: [Range<Int>]
    let singleTiles: [Range<Int>]
    /// Channel blocks of each operand.
    let channelBlocks: Int
    /// Floats of one operand.
    let operandSize: Int
    private let lanes: Int
    /// One entry per pixel of the block's image rows: the place of the first half of its channels; the second half
    /// is `operandSize` floats further. Pixels outside the block are written to a scratch row.
    let packing: [PackedRow]
    /// The odd pixel's missing partner, to be zeroed for every block.
    let padding: PackedRow?
    /// Floats of all operands and of the scratch row.
    let size: Int

    init(_ shape: RowBlock.Shape, depth: Int, microkernels: MicrokernelShape) {
        pixels = shape.pixels
        lanes = microkernels.lanes
        channelBlocks = (depth + lanes - 1) / lanes
        upperRows = (pixels + 1) / 2
        tiling = RowTiling(rows: upperRows, shape: microkernels)
        singleTiles = (0..<tiling.count).map { $0..<$0 + 1 }
        // The odd pixel's tile lacks its partner.
        let (tiles, whole) = (tiling.count, pixels % 2 == 1 ? tiling.count - 1 : tiling.count)
        runs = tiling.runs.flatMap { [$0.clamped(to: 0..<whole), $0.clamped(to: whole..<tiles)] }.filter { !$0.isEmpty }
        operandSize = tiling.packedRows * channelBlocks * lanes
        let upper = tiling.packing(blocks: channelBlocks, lanes: lanes)
        let a21 = StrassenOperand.p7.rawValue * operandSize
        let lower = upper.map { PackedRow(offset: Int($0.offset) + a21, step: Int($0.step)) }
        padding = pixels % 2 == 1 ? lower.last : nil
        let discarded = PackedRow(offset: operandSize * StrassenOperand.allCases.count, step: 0)
        packing = shape.packing(upper + lower.prefix(pixels - upperRows), discarding: discarded)
        size = operandSize * (StrassenOperand.allCases.count + 1) + lanes
    }

    /// The first float of a tile of an operand.
    func offset(of tile: Int, _ operand: StrassenOperand = .p1) -> Int {
        operand.rawValue * operandSize + tiling.starts[tile] * channelBlocks * lanes
    }

    /// Returns the tiles that a call multiplies by an operand: all of one height, or one after the other where a tile's
    /// sums go on after its product.
    func runs(_ operand: StrassenOperand) -> [Range<Int>] { operand == .p5 ? singleTiles : runs }

    /// The pixels of the block that the sums of tiles are for, or their partners.
    func pixels(of tiles: Range<Int>, isLower: Bool) -> Range<Int> {
        let offset = isLower ? upperRows : 0
        return tiling.starts[tiles.lowerBound] + offset..<min(tiling.starts[tiles.upperBound] + offset, pixels)
    }
}
