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
/// Threads work alone, from the depthwise convolution or patches to finished pixels: to write
/// lines of cache that another thread has read costs more than the sums on them. Bands of a
/// product with a small right matrix (the entry flow) are so low that they stay in a
/// second-level cache beside all right panels. Those of one with a large one are a few hundred
/// pixels high, and the right panels stream past them; where there are fewer bands than threads,
/// threads take a share of the columns each, and pack the band each for themselves.
struct ProductPlan {
    /// Output pixels that are multiplied together.
    struct Band {
        let pixels: Range<Int>
        /// The image rows they are of.
        let rows: Range<Int>
        let layout: BandLayout

        /// The output pixels of a tile, or those of their Strassen-Winograd partners.
        func pixels(of tile: Int, isLower: Bool = false) -> Range<Int> {
            let first = layout.tiling.starts[tile] + (isLower ? layout.upperRows : 0)
            let last = min(first + layout.tiling.rows(of: tile), layout.pixels)
            return pixels.lowerBound + first..<pixels.lowerBound + last
        }
    }

    /// Columns of the right matrix that are multiplied together.
    struct Panel {
        let index: Int
        let first: Int
        let count: Int
        let vectors: Int
        /// Their Strassen-Winograd partners, of which the last panels may have fewer.
        let partners: Range<Int>

        func columns(isRight: Bool = false) -> Range<Int> { isRight ? partners : first..<first + count }
    }

    /// What one thread computes at a time.
    struct Item {
        let band: Int
        let panels: Range<Int>
    }

    let shape: ProductShape
    let usesStrassen: Bool
    let bands: [Band]
    let panels: [Panel]
    let items: [Item]
    /// Whether every thread keeps all right panels at hand.
    let panelsFitCache: Bool
    /// Right operands of each panel.
    let operands: [StrassenOperand?]
    /// Floats of one right operand of a panel of two vectors.
    let panelSize: Int
    /// Floats of the largest band's left operands.
    let operandFloats: Int
    /// Floats of sums in flight: the tile in hand, and with Strassen-Winograd U2 and U3 of all and
    /// what the right columns' bias is larger.
    let sumFloats: Int

    /// Right panels that a thread may keep: half of a second-level cache of 1 MiB or the
    /// whole of one of 512 KiB, less what is streamed past them.
    private static let residentFloats = 60 * 1024
    /// Floats of packed left operands in a band: beside the panels in the same cache.
    private static let bandFloats = 48 * 1024
    /// Pixels of a band that streams the right panels past itself (measured): fewer do not pay
    /// for them, the operands of more crowd the caches.
    private static let bandPixels = 64...400

    init(_ shape: ProductShape, kernels: KernelSet, threads: Int) {
        self.shape = shape
        let lanes = kernels.lanes
        panelsFitCache = shape.depth * shape.columns <= Self.residentFloats
        // Below these sizes the sums cost more than the product they save (measured).
        usesStrassen = shape.isDepthwise && !panelsFitCache && shape.pixels >= 64 && shape.depth >= 256
            && shape.columns >= 256 && shape.depth % 2 == 0
        operands = usesStrassen ? StrassenOperand.allCases : [nil]

        // The left half is the larger one, so that the right one begins at a cache line too.
        let line = CacheLine.floats
        let columns = usesStrassen ? (shape.columns / 2 + line - 1) / line * line : shape.columns
        let panels = stride(from: 0, to: columns, by: 2 * lanes).enumerated().map { index, first in
            let count = min(2 * lanes, columns - first)
            let partners = (columns + first..<columns + first + count).clamped(to: 0..<shape.columns)
            return Panel(index: index, first: first, count: count, vectors: count > lanes ? 2 : 1, partners: partners)
        }
        self.panels = panels

        let cuts: [Int]
        let shares: Int
        if panelsFitCache {
            let rows = max(1, min(
                Self.bandFloats / (shape.depth * shape.outputWidth), shape.outputHeight / (4 * threads)))
            let count = min(((shape.outputHeight - 1) / (rows * threads) + 1) * threads, shape.outputHeight)
            cuts = (0...count).map { $0 * shape.outputHeight / count * shape.outputWidth }
            shares = 1
        } else {
            // An even number where that is possible. It must not depend on the threads: with the
            // bands, Strassen-Winograd's partners would change, and with them the last digits.
            let count = shape.pixels < 2 * Self.bandPixels.lowerBound
                ? 1 : 2 * ((shape.pixels - 1) / (2 * Self.bandPixels.upperBound) + 1)
            cuts = (0...count).map { $0 * shape.pixels / count }
            shares = min(threads / greatestCommonDivisor(count, threads), panels.count)
        }
        var bands: [Band] = []
        for (start, end) in zip(cuts, cuts.dropFirst()) {
            let rows = start / shape.outputWidth..<(end - 1) / shape.outputWidth + 1
            let skipped = start - rows.lowerBound * shape.outputWidth
            let pixels = rows.count * shape.outputWidth
            var layout = bands.last?.layout
            if layout?.pixels != end - start || layout?.skipped != skipped || layout?.packing.count != pixels {
                layout = BandLayout(
                    pixels: end - start, skipped: skipped, of: pixels, depth: shape.depth, usesStrassen: usesStrassen,
                    kernels: kernels)
            }
            bands.append(Band(pixels: start..<end, rows: rows, layout: layout!))
        }
        self.bands = bands
        items = bands.indices.flatMap { band in
            (0..<shares).map { share in
                Item(band: band, panels: share * panels.count / shares..<(share + 1) * panels.count / shares)
            }
        }
        panelSize = bands[0].layout.depth * 2 * lanes
        operandFloats = bands.map { $0.layout.size }.max()!
        let tiles = bands.map { $0.layout.tiling.count }.max()!
        sumFloats = ((usesStrassen ? 2 * tiles + 1 : 1) * kernels.maximumRows + 1) * 2 * lanes
    }

    /// Floats of all right panels, `[panels][operands][panelSize]`.
    var panelFloats: Int { panels.count * operands.count * panelSize }

    /// Where among them one begins.
    func offset(of panel: Panel, _ operand: StrassenOperand? = nil) -> Int {
        (panel.index * operands.count + (operand?.rawValue ?? 0)) * panelSize
    }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
