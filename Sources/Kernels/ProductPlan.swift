/// The shape of a convolution as a matrix product: one row for each output pixel.
struct ProductShape: Hashable {
    let outputHeight: Int
    let outputWidth: Int
    let depth: Int
    let columns: Int
    /// Whether a depthwise convolution makes the left matrix, and not patches.
    let isDepthwise: Bool

    var pixels: Int { outputHeight * outputWidth }
}

/// How one product is cut up among threads and caches. Made once for each shape.
///
/// A product with a small right matrix (the entry flow) is cut into bands of image rows that
/// the threads work on alone, from patches to finished pixels, without leaving their caches;
/// each thread keeps all right panels. Otherwise (the middle and exit flow) all threads
/// first pack the whole left matrix together and then share out the right panels, so that
/// each weight is widened once.
struct ProductPlan {
    /// A piece of the second stage of a shared product.
    struct Piece {
        let column: Int
        let vectors: Int
        let tiles: Range<Int>
    }

    let shape: ProductShape
    let usesStrassen: Bool
    /// Image rows of each band; one band when the threads share it.
    let bands: [Range<Int>]
    let isShared: Bool
    /// For bands of the common height, and for the last one.
    let layout: BandLayout
    let lastLayout: BandLayout
    /// Columns that tiles run over: half of the matrix' for Strassen-Winograd.
    let columns: Int
    /// First column and vectors of each right panel.
    let panels: [(column: Int, vectors: Int)]
    let pieces: [Piece]
    /// Floats of one right panel of two vectors, all operands.
    let panelSize: Int
    /// Channel blocks that one item of the first stage of a shared product packs.
    let blocksPerItem: Int

    /// Right panels that a thread may keep: half of a second-level cache of 1 MiB or the
    /// whole of one of 512 KiB, less what is streamed past them.
    private static let residentFloats = 80 * 1024
    /// Floats of packed left operands in a band: beside the panels in the same cache.
    private static let bandFloats = 48 * 1024

    init(_ shape: ProductShape, kernels: KernelSet, threads: Int) {
        self.shape = shape
        let lanes = kernels.lanes
        isShared = shape.depth * shape.columns > Self.residentFloats
        // Below these sizes the sums cost more than the product they save (measured).
        usesStrassen = shape.isDepthwise && isShared && shape.pixels >= 64 && shape.depth >= 256 && shape.columns >= 512
            && shape.depth % 2 == 0 && shape.columns % 2 == 0

        if isShared {
            bands = [0..<shape.outputHeight]
        } else {
            let rows = max(1, min(
                Self.bandFloats / (shape.depth * shape.outputWidth), shape.outputHeight / (4 * threads)))
            bands = stride(from: 0, to: shape.outputHeight, by: rows).map { $0..<min($0 + rows, shape.outputHeight) }
        }
        layout = BandLayout(
            pixels: bands[0].count * shape.outputWidth, depth: shape.depth, usesStrassen: usesStrassen,
            kernels: kernels)
        lastLayout = BandLayout(
            pixels: bands.last!.count * shape.outputWidth, depth: shape.depth, usesStrassen: usesStrassen,
            kernels: kernels)
        blocksPerItem = max(1, layout.blocks / (4 * threads))

        let columns = usesStrassen ? shape.columns / 2 : shape.columns
        self.columns = columns
        panels = stride(from: 0, to: columns, by: 2 * lanes).map { (column: $0, vectors: columns - $0 > lanes ? 2 : 1) }
        panelSize = layout.depth * 2 * lanes * (usesStrassen ? StrassenOperand.allCases.count : 1)

        var pieces: [Piece] = []
        for (index, panel) in panels.enumerated() {
            // The last panels are cut finer, so that the threads finish together.
            let parts = threads > 1 && index + threads >= panels.count ? min(2 * threads, layout.tiling.count) : 1
            for part in 0..<parts {
                let tiles = part * layout.tiling.count / parts..<(part + 1) * layout.tiling.count / parts
                pieces.append(Piece(column: panel.column, vectors: panel.vectors, tiles: tiles))
            }
        }
        self.pieces = pieces
    }

    func layout(of band: Int) -> BandLayout { band == bands.count - 1 ? lastLayout : layout }
}
