import CSIMD

/// What becomes of a product's sums on their way to memory: `output = relu?(bias + sums + shortcut?)`.
public struct Epilogue: @unchecked Sendable {
    /// What is added to a layer's output.
    public enum Shortcut: @unchecked Sendable {
        case none
        /// An activation of the output's shape.
        case residual(FeatureMap)
        /// The maximum over windows of an activation of twice the output's size.
        case maxPool(MaxPool)
    }

    public let output: FeatureMap
    public let relu: Bool
    public let shortcut: Shortcut

    public init(output: FeatureMap, relu: Bool, shortcut: Shortcut = .none) {
        self.output = output
        self.relu = relu
        self.shortcut = shortcut
    }

    var hasPool: Bool {
        if case .maxPool = shortcut { true } else { false }
    }

    /// Bytes from a place in the output to the same one in the residual.
    var residualOffset: Int? {
        if case .residual(let residual) = shortcut { residual.base - output.base } else { nil }
    }
}

/// A tile's place in the output.
public struct OutputArea {
    @usableFromInline let pixels: Range<Int>
    @usableFromInline let channels: Range<Int>

    @inlinable @inline(__always)
    init(pixels: Range<Int>, channels: Range<Int>) {
        self.pixels = pixels
        self.channels = channels
    }
}

extension Epilogue {
    /// Has the microkernel fetch the rows of the output, and of the residual, that an area covers: they
    /// are far apart, where no hardware prefetcher looks for them. Rows for which a product has too few
    /// blocks of depth are fetched now.
    func prefetch(_ area: OutputArea, depthBlocks: Int, with prefetch: inout TilePrefetch) {
        let first = UnsafeRawPointer(output.address(pixel: area.pixels.lowerBound, channel: area.channels.lowerBound))
        prefetch.output = first
        prefetch.outputStep = output.pixelStride
        if let residualOffset { prefetch.residualOffset = residualOffset }
        if case .maxPool(let pool) = shortcut { Self.prefetch(pool, area) }
        for row in stride(from: depthBlocks, to: area.pixels.count, by: 1) {
            let line = first + row * prefetch.outputStep
            csimd_prefetch(line)
            csimd_prefetch(line + CacheLine.bytes)
            csimd_prefetch(line + prefetch.residualOffset)
            csimd_prefetch(line + prefetch.residualOffset + CacheLine.bytes)
        }
    }

    private static func prefetch(_ pool: MaxPool, _ area: OutputArea) {
        let size = pool.input.elementType.size
        for pixel in area.pixels {
            let window = PoolWindow(pool, pixel: pixel)
            func fetch(_ pixel: UnsafeRawPointer) {
                for line in stride(from: 0, to: area.channels.count * size, by: CacheLine.bytes) {
                    csimd_prefetch(pixel + area.channels.lowerBound * size + line)
                }
            }
            // The window before has brought the rest.
            fetch(window.rows.1 + window.columns.1)
            fetch(window.rows.1 + window.columns.2)
            fetch(window.rows.2 + window.columns.1)
            fetch(window.rows.2 + window.columns.2)
        }
    }
}

/// Completes a tile's sums. See ``ProductKernels/applyEpilogue``.
@_alwaysEmitIntoClient @inline(__always)
func applyEpilogue<F: OperandFormat, Element: ElementFormat>(
    _: F.Type, _: Element.Type, _ epilogue: Epilogue, tile: UnsafeRawPointer, addend: UnsafePointer<Float>?,
    scales: TileScales?, vectors: Int, area: OutputArea
) {
    typealias V = F.Vector
    // Each shortcut has a loop of its own: those that are absent cost nothing there.
    let width = vectors * V.lanes
    let (pixel, channel) = (area.pixels.lowerBound, area.channels.lowerBound)
    func store(
        _ shortcut: (_ row: Int, _ column: Int, V) -> V
    ) {
        if let addend {
            storeRows(F.self, Element.self, tile, scales, width: width, area, epilogue) { row, column, value in
                shortcut(row, column, value + V.load(addend + row * width + column))
            }
        } else {
            storeRows(F.self, Element.self, tile, scales, width: width, area, epilogue, complete: shortcut)
        }
    }
    switch epilogue.shortcut {
    case .none:
        store { _, _, value in value }
    case .residual(let residual):
        store { row, column, value in
            value + Element.load(V.self, residual.address(pixel: pixel + row, channel: channel + column))
        }
    case .maxPool(let pool):
        for row in 0..<area.pixels.count {
            let window = PoolWindow(pool, pixel: pixel + row)
            let line = OutputArea(pixels: pixel + row..<pixel + row + 1, channels: area.channels)
            storeRows(
                F.self, Element.self, tile + row * width * 4, scales?.advanced(rows: row), width: width, line, epilogue
            ) { _, column, value in
                let sum = addend.map { value + V.load($0 + row * width + column) } ?? value
                return sum + window.maximum(V.self, Element.self, channel: channel + column)
            }
        }
    }
}

/// Stores `relu?(complete(sums))`.
@_alwaysEmitIntoClient @inline(__always)
func storeRows<F: OperandFormat, Element: ElementFormat>(
    _: F.Type, _: Element.Type, _ tile: UnsafeRawPointer, _ scales: TileScales?, width: Int, _ area: OutputArea,
    _ epilogue: Epilogue, complete: (_ row: Int, _ column: Int, F.Vector) -> F.Vector
) {
    typealias V = F.Vector
    let output = epilogue.output
    let size = Element.size
    // Whole vectors: the last channel is followed by padding.
    let count = min(
        (area.channels.count + V.lanes - 1) / V.lanes * V.lanes, output.pixelStride / size - area.channels.lowerBound)
    let floor = V(repeating: epilogue.relu ? 0 : -Float.infinity)
    for row in 0..<area.pixels.count {
        let pixel = output.address(pixel: area.pixels.lowerBound + row, channel: area.channels.lowerBound)
        func value(_ column: Int) -> V {
            let sums = (tile + (row * width + column) * 4).loadUnaligned(as: F.Sums.self)
            // In this order NaN stays NaN.
            return V.maximum(floor, complete(row, column, F.values(sums, row: row, column: column, of: scales)))
        }
        var column = 0
        while column + V.lanes <= count {
            Element.store(value(column), pixel + column * size)
            column += V.lanes
        }
        if column < count {
            withUnsafeTemporaryAllocation(byteCount: V.lanes * size, alignment: CacheLine.bytes) { rest in
                Element.store(value(column), rest.baseAddress!)
                (pixel + column * size).copyMemory(from: rest.baseAddress!, byteCount: (count - column) * size)
            }
        }
    }
}
