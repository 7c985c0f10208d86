/// How the left operands of one band of output pixels lie in memory.
///
/// Directly multiplied, that is one packed matrix `[pixels x depth]`. For Strassen-Winograd it
/// is the seven of ``StrassenOperand``, `[ceil(pixels / 2) x depth / 2]` each, one after the
/// other: pixel `p` and `p + ceil(pixels / 2)` are partners.
struct BandLayout {
    let pixels: Int
    let usesStrassen: Bool
    /// Inner dimension of each product.
    let depth: Int
    /// Channel blocks of each operand.
    let blocks: Int
    let tiling: RowTiling
    /// Floats of one operand.
    let operandSize: Int
    /// One entry a pixel: where its first `depth` channels go; the next `depth` go
    /// `operandSize` floats behind.
    let packing: [PackedRow]
    /// The odd pixel's missing partner, to be zeroed for every band.
    let padding: PackedRow?

    init(pixels: Int, depth: Int, usesStrassen: Bool, kernels: KernelSet) {
        self.pixels = pixels
        self.usesStrassen = usesStrassen
        self.depth = usesStrassen ? depth / 2 : depth
        blocks = (self.depth + kernels.lanes - 1) / kernels.lanes
        let rows = usesStrassen ? (pixels + 1) / 2 : pixels
        tiling = RowTiling(rows: rows, kernels: kernels)
        operandSize = tiling.packedRows * blocks * kernels.lanes
        let upper = tiling.packing(blocks: blocks, lanes: kernels.lanes)
        if usesStrassen {
            let a21 = Int32(StrassenOperand.p7.rawValue * operandSize)
            let lower = upper.map { PackedRow(offset: $0.offset + a21, step: $0.step) }
            packing = upper + lower.prefix(pixels - rows)
            padding = pixels % 2 == 1 ? lower.last : nil
        } else {
            packing = upper
            padding = nil
        }
    }

    /// Floats of all operands.
    var size: Int { operandSize * (usesStrassen ? StrassenOperand.allCases.count : 1) }

    /// Rows of the upper operands.
    var upperRows: Int { usesStrassen ? (pixels + 1) / 2 : pixels }
}
