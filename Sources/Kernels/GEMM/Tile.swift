import CSIMD

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

/// The initial values and the destination of the accumulators of a tile, or of the tiles of one left operand and
/// several panels.
public struct TileSums {
    /// Initial values, one row per row of the tile; nil for zero.
    public let initial: UnsafeRawPointer?
    /// Words from one row to the next; 0 if one row serves all. That row goes on from panel to panel.
    public let initialStride: Int
    /// The destination; may alias `initial`.
    public let output: UnsafeMutableRawPointer
    /// Bytes from one row to the next.
    public let outputStride: Int
    /// The number of panels, one after the other in memory. For products of little depth a call is as long as some
    /// of their steps.
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

    /// Returns the same initial values, completed on the way to another destination.
    func completed(
        _ completion: TileCompletion, output: UnsafeMutableRawPointer, outputStride: Int, panels: Int, panelStride: Int
    ) -> TileSums {
        TileSums(
            initial: initial, initialStride: initialStride, output: output, outputStride: outputStride,
            panels: panels, panelStride: panelStride, completion: completion)
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
    func advanced(rows count: Int) -> TileScales { TileScales(rows: rows + count, columns: columns, bias: bias) }
}

/// Lines that a microkernel prefetches into the second-level cache while it computes, a few per step.
///
/// A core has at most one or two dozen lines in flight. If more are requested in a row, the microkernel's own reads
/// from the second-level cache wait as well. Evenly spread, the same prefetches cost nothing.
public struct TilePrefetch {
    /// Address of a line at the first step of the depth; `streamStep` bytes further at each step.
    @usableFromInline var stream: UnsafeRawPointer
    @usableFromInline var streamStep = 0
    /// Address of two lines at the first block of the depth; `outputStep` bytes further at each block.
    @usableFromInline var output: UnsafeRawPointer
    @usableFromInline var outputStep = 0
    /// Byte offset from `output` of two further lines (the residual's), or 0.
    @usableFromInline var residualOffset = 0

    /// Prefetches only `pointer`, which is cached already.
    package init(none pointer: UnsafeRawPointer) {
        stream = pointer
        output = pointer
    }

    /// Prefetches one part of a stream.
    init(_ stream: PrefetchStream, part: Int) {
        self.init(none: stream.start + part * stream.partSize)
        streamStep = stream.stepSize
    }

    /// Adds the rows of the output, and of the residual, that a tile covers: they are far apart, out of a hardware
    /// prefetcher's reach. If a product has too few blocks of depth for all rows, the rest is fetched now.
    ///
    /// - Parameters:
    ///   - stride: bytes from one row to the next.
    ///   - blocks: the product's depth, and the depth of a block.
    mutating func setOutput(
        _ first: UnsafeRawPointer, stride: Int, rows: Int, blocks: (depth: Int, size: Int), residualOffset: Int?
    ) {
        output = first
        outputStep = stride
        if let residualOffset { self.residualOffset = residualOffset }
        guard rows * blocks.size > blocks.depth else { return }
        for row in (blocks.depth + blocks.size - 1) / blocks.size..<rows {
            let line = first + row * stride
            csimd_prefetch(line)
            csimd_prefetch(line + CacheLine.bytes)
            csimd_prefetch(line + self.residualOffset)
            csimd_prefetch(line + self.residualOffset + CacheLine.bytes)
        }
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
