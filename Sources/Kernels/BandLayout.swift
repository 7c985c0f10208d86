/// How the left operands of one band of output pixels lie in memory.
///
/// Directly multiplied, that is one packed matrix `[pixels x depth]`. For Strassen-Winograd it
/// is the seven of ``StrassenOperand``, `[ceil(pixels / 2) x depth / 2]` each, one after the
/// other: pixel `p` and `p + ceil(pixels / 2)` are partners.
struct BandLayout {
    let pixels: Int
    /// Pixels of the band's first image row that belong to the band before.
    let skipped: Int
    let usesStrassen: Bool
    /// Inner dimension of each product.
    let depth: Int
    /// Channel blocks of each operand.
    let blocks: Int
    /// Rows of each operand.
    let upperRows: Int
    let tiling: RowTiling
    /// Floats of one operand.
    let operandSize: Int
    private let lanes: Int
    /// One entry for each pixel of the band's image rows: where its first `depth` channels go;
    /// the next `depth` go `operandSize` floats behind. Pixels of other bands go to waste.
    let packing: [PackedRow]
    /// The odd pixel's missing partner, to be zeroed for every band.
    let padding: PackedRow?
    /// Floats of all operands, and of what goes to waste.
    let size: Int

    /// - Parameter imagePixels: of the image rows that the band has pixels of.
    init(pixels: Int, skipped: Int, of imagePixels: Int, depth: Int, usesStrassen: Bool, kernels: KernelSet) {
        self.pixels = pixels
        self.skipped = skipped
        self.usesStrassen = usesStrassen
        self.depth = usesStrassen ? depth / 2 : depth
        lanes = kernels.lanes
        blocks = (self.depth + kernels.lanes - 1) / kernels.lanes
        upperRows = usesStrassen ? (pixels + 1) / 2 : pixels
        tiling = RowTiling(rows: upperRows, kernels: kernels)
        operandSize = tiling.packedRows * blocks * kernels.lanes
        var band = tiling.packing(blocks: blocks, lanes: kernels.lanes)
        if usesStrassen {
            let a21 = Int32(StrassenOperand.p7.rawValue * operandSize)
            let lower = band.map { PackedRow(offset: $0.offset + a21, step: $0.step) }
            padding = pixels % 2 == 1 ? lower.last : nil
            band += lower.prefix(pixels - upperRows)
        } else {
            padding = nil
        }
        let waste = PackedRow(offset: Int32(operandSize * (usesStrassen ? StrassenOperand.allCases.count : 1)), step: 0)
        packing = Array(repeating: waste, count: skipped) + band
            + Array(repeating: waste, count: imagePixels - skipped - pixels)
        size = Int(waste.offset) + (usesStrassen ? operandSize : 0) + kernels.lanes
    }

    /// Where a tile of the left matrix, or of one Strassen-Winograd operand, begins.
    func offset(of tile: Int, _ operand: StrassenOperand = .p1) -> Int {
        operand.rawValue * operandSize + tiling.starts[tile] * blocks * lanes
    }
}
