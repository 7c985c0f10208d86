/// A tile's place in the output.
public struct OutputArea {
    public let pixels: Range<Int>
    public let channels: Range<Int>

    @inlinable @inline(__always)
    init(pixels: Range<Int>, channels: Range<Int>) {
        self.pixels = pixels
        self.channels = channels
    }
}

/// The initial values and the destination of the accumulators of a tile, or of the tiles of several left operands of
/// one height and several panels.
public struct TileSums {
    /// Initial values, one row per row of the tile; nil for zero.
    public let initial: UnsafeRawPointer?
    /// Words from one row to the next; 0 if one row serves all. That row goes on from panel to panel.
    public let initialStride: Int
    /// The destination; may alias `initial`.
    public let output: UnsafeMutableRawPointer
    /// Bytes from one row to the next.
    public let outputStride: Int
    /// The number of left operands, one after the other in memory, that are multiplied by the panels. (A call takes as
    /// long as a few steps of a product.)
    public private(set) var tiles = 1
    /// Bytes from the initial values for one left operand to those for the next; 0 if one row serves all.
    public private(set) var initialTileStride = 0
    /// Bytes of the output from one left operand's tile to the next's.
    public private(set) var tileStride = 0
    /// The number of panels, one after the other in memory.
    public let panels: Int
    /// Bytes of the output from one panel's tile to the next's.
    public let panelStride: Int
    /// Converts the sums into an activation; nil to write them unchanged.
    public let completion: TileCompletion?

    package init(
        initial: UnsafeRawPointer?, initialStride: Int, output: UnsafeMutableRawPointer, outputStride: Int,
        panels: Int = 1, panelStride: Int = 0, completion: TileCompletion? = nil
    ) {
        self.initial = initial
        self.initialStride = initialStride
        self.output = output
        self.outputStride = outputStride
        self.panels = panels
        self.panelStride = panelStride
        self.completion = completion
    }

    /// Returns the sums of `count` left operands' tiles.
    ///
    /// - Parameters:
    ///   - initialStride: bytes from one tile's initial values to the next one's.
    ///   - stride: bytes from one tile's destination to the next one's.
    func tiles(_ count: Int, initialStride: Int = 0, stride: Int = 0) -> TileSums {
        var sums = self
        sums.tiles = count
        sums.initialTileStride = initialStride
        sums.tileStride = stride
        return sums
    }

    /// Returns the sums of one of the tiles, by one of the panels of `columnBytes` bytes of initial values.
    func tile(_ index: Int, panel: Int, columnBytes: Int) -> TileSums {
        TileSums(
            initial: initial.map { $0 + index * initialTileStride + panel * columnBytes }, initialStride: initialStride,
            output: output + index * tileStride + panel * panelStride, outputStride: outputStride)
    }

    /// Returns the same initial values, completed on the way to an area of the output.
    ///
    /// - Parameters:
    ///   - height: rows of each tile.
    ///   - columns: of each panel.
    func completed(
        _ completion: TileCompletion, in output: FeatureMap, _ area: OutputArea, height: Int, columns: Int
    ) -> TileSums {
        TileSums(
            initial: initial, initialStride: initialStride,
            output: output.address(pixel: area.pixels.lowerBound, channel: area.channels.lowerBound),
            outputStride: output.pixelStride, panels: panels, panelStride: columns * output.elementType.size,
            completion: completion
        ).tiles(tiles, initialStride: initialTileStride, stride: height * output.pixelStride)
    }
}

/// The conversion of sums into an activation while they are in registers: scale, residual, activation function.
public struct TileCompletion {
    /// The scales, in formats that have them.
    public let scales: TileScales?
    /// Bytes from the output to a residual of the same shape.
    public let residualOffset: Int?
    public let activation: ActivationFunction
    /// The output's element type.
    public let elementType: ElementType

    package init(
        scales: TileScales?, residualOffset: Int?, activation: ActivationFunction, elementType: ElementType
    ) {
        self.scales = scales
        self.residualOffset = residualOffset
        self.activation = activation
        self.elementType = elementType
    }
}

/// The factors that turn a tile's sums of scaled integers into real numbers.
public struct TileScales: @unchecked Sendable {
    public let rows: UnsafePointer<Float>
    public let columns: UnsafePointer<Float>
    /// Bias per column.
    public let bias: UnsafePointer<Float>

    @inlinable @inline(__always)
    package init(rows: UnsafePointer<Float>, columns: UnsafePointer<Float>, bias: UnsafePointer<Float>) {
        self.rows = rows
        self.columns = columns
        self.bias = bias
    }

    @_alwaysEmitIntoClient @inline(__always)
    func advanced(rows rowCount: Int, columns columnCount: Int = 0) -> TileScales {
        TileScales(rows: rows + rowCount, columns: columns + columnCount, bias: bias + columnCount)
    }
}

/// Lines that a microkernel prefetches into the second-level cache while it computes, a few per step.
///
/// A core has at most one or two dozen lines in flight. If more are requested in a row, the microkernel's own reads
/// from the second-level cache wait as well. Evenly spread, the same prefetches cost nothing.
public struct TilePrefetch {
    /// Address of a line at the first step of the depth; `streamStep` bytes further at each step, `streamTileStride` at
    /// each tile.
    @usableFromInline var stream: UnsafeRawPointer
    @usableFromInline var streamStep = 0
    @usableFromInline var streamTileStride = 0
    /// Address of two lines at the first block of the depth; `outputStep` bytes further at each block, `outputTileStride`
    /// at each tile.
    @usableFromInline var output: UnsafeRawPointer
    @usableFromInline var outputStep = 0
    @usableFromInline var outputTileStride = 0
    /// Rows of the output that a product has too few blocks for; they are fetched before it.
    @usableFromInline var earlyRows = 0
    /// Byte offset from `output` of two further lines (the residual's), or 0.
    @usableFromInline var residualOffset = 0

    /// Prefetches only `pointer`, which is cached already.
    package init(none pointer: UnsafeRawPointer) {
        stream = pointer
        output = pointer
    }

    /// Prefetches parts of a stream.
    ///
    /// - Parameters:
    ///   - part: the first tile's first part.
    ///   - partsPerTile: one for each panel.
    init(_ stream: PrefetchStream, part: Int, partsPerTile: Int = 1) {
        self.init(none: stream.start + part * stream.partSize)
        streamStep = stream.stepSize
        streamTileStride = partsPerTile * stream.partSize
    }

    /// Adds the rows of the output, and of the residual, that tiles cover: they are far apart, out of a hardware
    /// prefetcher's reach.
    ///
    /// - Parameters:
    ///   - stride: bytes from one row to the next.
    ///   - rows: of each tile.
    ///   - blocks: of the product's depth.
    mutating func setOutput(_ first: UnsafeRawPointer, stride: Int, rows: Int, blocks: Int, residualOffset: Int?) {
        output = first
        outputStep = stride
        outputTileStride = rows * stride
        earlyRows = max(0, rows - blocks)
        if let residualOffset { self.residualOffset = residualOffset }
    }

    /// Returns what to fetch during one of the tiles, by one of `panels` panels of `columnBytes` bytes of the output.
    func tile(_ index: Int, panel: Int, of panels: Int, columnBytes: Int) -> TilePrefetch {
        var prefetch = self
        prefetch.stream += index * streamTileStride + panel * streamTileStride / panels
        prefetch.output += index * outputTileStride + panel * columnBytes
        return prefetch
    }
}

/// Memory that the products of successive tiles fetch, each the same amount.
struct PrefetchStream {
    let start: UnsafeRawPointer
    /// Bytes that a tile's product fetches, and those from one of its steps to the next.
    let partSize: Int
    let stepSize: Int

    /// - Parameters:
    ///   - parts: tiles.
    ///   - steps: of each tile's product.
    init(_ start: UnsafeRawPointer, bytes: Int, parts: Int, steps: Int) {
        self.start = start
        partSize = (bytes + parts - 1) / parts
        stepSize = (partSize + steps - 1) / steps
    }
}
