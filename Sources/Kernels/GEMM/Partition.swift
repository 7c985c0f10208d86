/// A convolution as a matrix product: one row for each output pixel.
package struct ProductShape: Hashable {
    let outputHeight: Int
    let outputWidth: Int
    /// Values of the left operand's rows.
    let depth: Int
    /// Output channels.
    let columns: Int
    /// True if the left operand comes from a depthwise convolution, false if from im2col.
    let isDepthwise: Bool

    var pixels: Int { outputHeight * outputWidth }

    package init(outputHeight: Int, outputWidth: Int, depth: Int, columns: Int, isDepthwise: Bool) {
        self.outputHeight = outputHeight
        self.outputWidth = outputWidth
        self.depth = depth
        self.columns = columns
        self.isDepthwise = isDepthwise
    }
}

/// Output pixels that are multiplied together.
struct RowBlock {
    let pixels: Range<Int>
    /// The image rows of the pixels.
    let rows: Range<Int>
    let shape: Shape

    /// The parameters that determine the layout of a block's packed operands.
    struct Shape: Hashable {
        let pixels: Int
        /// The block's first column in its first image row.
        let firstColumn: Int
        /// Pixels in the image rows that the block touches.
        let imagePixels: Int
    }
}

/// Columns of the right operand that are multiplied together.
struct ColumnPanel {
    let index: Int
    let first: Int
    let count: Int
    let vectors: Int

    var columns: Range<Int> { first..<first + count }
}

/// The work that one thread computes at a time.
struct WorkItem {
    let block: Int
    let panels: Range<Int>
}

/// The division of a product among threads and caches.
///
/// Threads work alone, from the depthwise convolution or im2col to finished pixels: writing lines of cache that another
/// thread has read costs more than the arithmetic on them. Blocks of a product with a small right operand (the entry
/// flow) are small enough to stay in a second-level cache together with all panels. Those of a product with a large one
/// are a few hundred pixels high, and the panels stream past them; if there are fewer blocks than threads, each thread
/// takes a share of the columns and packs the block for itself.
struct Partition {
    let blocks: [RowBlock]
    let panels: [ColumnPanel]
    let items: [WorkItem]
    /// True if every thread has all panels in its cache.
    let panelsFitCache: Bool

    /// Words of panels that a thread may keep in cache: 256 KiB, half of a second-level cache of 512 KiB.
    private static let residentPanelWords = 64 * 1024
    /// Words of packed left operands in a block that shares the cache with them, by the same estimate.
    private static let residentBlockWords = 48 * 1024
    /// Pixels of a block past which the panels stream. Fewer do not amortise loading the panels; more overflow the
    /// cache. (Limits found on Zen 4.)
    private static let streamingBlockPixels = 64...400

    static func fitsCache(depthWords: Int, columns: Int) -> Bool { depthWords * columns <= residentPanelWords }

    /// - Parameters:
    ///   - depthWords: the product's depth in words of its format.
    ///   - columns: the columns that panels cover.
    init(_ shape: ProductShape, depthWords: Int, columns: Int, lanes: Int, threads: Int) {
        panelsFitCache = Self.fitsCache(depthWords: depthWords, columns: shape.columns)
        panels = stride(from: 0, to: columns, by: 2 * lanes).enumerated().map { index, first in
            let count = min(2 * lanes, columns - first)
            return ColumnPanel(index: index, first: first, count: count, vectors: count > lanes ? 2 : 1)
        }

        let cuts: [Int]
        let shares: Int
        if panelsFitCache {
            let rows = max(1, min(
                Self.residentBlockWords / (depthWords * shape.outputWidth), shape.outputHeight / (4 * threads)))
            let count = min(((shape.outputHeight - 1) / (rows * threads) + 1) * threads, shape.outputHeight)
            cuts = (0...count).map { $0 * shape.outputHeight / count * shape.outputWidth }
            shares = 1
        } else {
            // An even number if possible. It must not depend on the threads: the blocks determine the pairs of pixels
            // in Strassen's algorithm, and so the last digits.
            let count = shape.pixels < 2 * Self.streamingBlockPixels.lowerBound
                ? 1 : 2 * ((shape.pixels - 1) / (2 * Self.streamingBlockPixels.upperBound) + 1)
            cuts = (0...count).map { $0 * shape.pixels / count }
            shares = min(threads / greatestCommonDivisor(count, threads), panels.count)
        }
        blocks = zip(cuts, cuts.dropFirst()).map { start, end in
            let rows = start / shape.outputWidth..<(end - 1) / shape.outputWidth + 1
            return RowBlock(
                pixels: start..<end, rows: rows,
                shape: RowBlock.Shape(
                    pixels: end - start, firstColumn: start - rows.lowerBound * shape.outputWidth,
                    imagePixels: rows.count * shape.outputWidth))
        }
        let (blocks, panels) = (blocks, panels)
        items = blocks.indices.flatMap { block in
            (0..<shares).map { share in
                WorkItem(block: block, panels: share * panels.count / shares..<(share + 1) * panels.count / shares)
            }
        }
    }
}

extension Partition {
    /// The layout of each block; blocks of one shape share one.
    func layouts<Layout>(_ layout: (RowBlock.Shape) -> Layout) -> [Layout] {
        var layouts: [RowBlock.Shape: Layout] = [:]
        for block in blocks where layouts[block.shape] == nil { layouts[block.shape] = layout(block.shape) }
        return blocks.map { layouts[$0.shape]! }
    }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
