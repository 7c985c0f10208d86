/// The steps from a product's sums to its output: `output = activation(bias + sums + shortcut?)`.
public struct Epilogue: @unchecked Sendable {
    /// A term added to a layer's output.
    public enum Shortcut: @unchecked Sendable {
        case none
        /// An activation of the output's shape.
        case residual(FeatureMap)
        /// The maximum over windows of an activation of twice the output's size.
        case maxPool(MaxPool)
    }

    public let output: FeatureMap
    public let activation: ActivationFunction
    public let shortcut: Shortcut

    public init(output: FeatureMap, activation: ActivationFunction = .none, shortcut: Shortcut = .none) {
        self.output = output
        self.activation = activation
        self.shortcut = shortcut
    }

    /// Bytes from an element of the output to the same one of the residual.
    var residualOffset: Int? {
        if case .residual(let residual) = shortcut { residual.base - output.base } else { nil }
    }
}

/// A tile, or one for each of several panels, whose sums are in memory, to be completed.
public struct IncompleteTile {
    /// `[pixels x vectors * lanes]` words for each panel; those past the area's channels go to padding at most.
    @usableFromInline let sums: UnsafeRawPointer
    /// The number of panels; more than one only for a pool, whose windows serve all of them.
    @usableFromInline let panels: Int
    /// Bytes from one panel's sums to the next's.
    @usableFromInline let panelStride: Int
    @usableFromInline let vectors: Int
    /// A second tile to add, or nil.
    @usableFromInline let addend: UnsafePointer<Float>?
    /// The scales, in formats that have them.
    @usableFromInline let scales: TileScales?
    /// The pool's window of each pixel; nil without a pool.
    @usableFromInline let windows: UnsafePointer<PoolWindow>?
    @usableFromInline let area: OutputArea

    @_alwaysEmitIntoClient @inline(__always)
    init(
        sums: UnsafeRawPointer, panels: Int = 1, panelStride: Int = 0, vectors: Int, addend: UnsafePointer<Float>?,
        scales: TileScales?, windows: UnsafePointer<PoolWindow>?, area: OutputArea
    ) {
        self.sums = sums
        self.panels = panels
        self.panelStride = panelStride
        self.vectors = vectors
        self.addend = addend
        self.scales = scales
        self.windows = windows
        self.area = area
    }

    /// Returns one row of one panel's tile.
    ///
    /// - Parameter width: words per row.
    @_alwaysEmitIntoClient @inline(__always)
    func row(_ row: Int, panel: Int, width: Int) -> IncompleteTile {
        let pixel = area.pixels.lowerBound + row
        let channel = area.channels.lowerBound + panel * width
        return IncompleteTile(
            sums: sums + panel * panelStride + row * width * 4, vectors: vectors,
            addend: addend.map { $0 + row * width }, scales: scales?.advanced(rows: row, columns: panel * width),
            windows: windows.map { $0 + row }, area: OutputArea(
                pixels: pixel..<pixel + 1, channels: channel..<min(channel + width, area.channels.upperBound)))
    }
}

extension Epilogue {
    /// The pool that is added to the output.
    var pool: MaxPool? {
        if case .maxPool(let pool) = shortcut { pool } else { nil }
    }
}

extension TileCompletion {
    /// Returns one register of sums as values of the output.
    ///
    /// - Parameter place: the place of these values in the output.
    @_alwaysEmitIntoClient @inline(__always)
    func value<F: OperandFormat, Element: ElementFormat>(
        _: F.Type, _: Element.Type, _ sums: F.Sums, row: Int, column: Int, place: UnsafeRawPointer,
        _ range: ActivationRange<F.Vector>
    ) -> F.Vector {
        var value = F.values(sums, row: row, column: column, of: scales)
        if let residualOffset { value = value + Element.load(F.Vector.self, place + residualOffset) }
        return range.clamp(value)
    }
}

/// Completes a tile's sums and stores them.
@_alwaysEmitIntoClient @inline(__always)
func applyEpilogue<F: OperandFormat, Element: ElementFormat>(
    _: F.Type, _: Element.Type, _ epilogue: Epilogue, _ tile: IncompleteTile
) {
    typealias V = F.Vector
    // Each shortcut has a loop of its own, so that an absent one costs nothing.
    let width = tile.vectors * V.lanes
    let (pixel, channel) = (tile.area.pixels.lowerBound, tile.area.channels.lowerBound)
    func store(_ shortcut: (_ row: Int, _ column: Int, V) -> V) {
        if let addend = tile.addend {
            storeRows(F.self, Element.self, tile, width: width, epilogue) { row, column, value in
                shortcut(row, column, value + V.load(addend + row * width + column))
            }
        } else {
            storeRows(F.self, Element.self, tile, width: width, epilogue, complete: shortcut)
        }
    }
    switch epilogue.shortcut {
    case .none:
        store { _, _, value in value }
    case .residual(let residual):
        store { row, column, value in
            value + Element.load(V.self, residual.address(pixel: pixel + row, channel: channel + column))
        }
    case .maxPool:
        for row in 0..<tile.area.pixels.count {
            let window = tile.windows.unsafelyUnwrapped[row]
            for panel in 0..<tile.panels {
                let line = tile.row(row, panel: panel, width: width)
                storeRows(F.self, Element.self, line, width: width, epilogue) { _, column, value in
                    let sum = line.addend.map { value + V.load($0 + column) } ?? value
                    return sum + window.maximum(V.self, Element.self, channel: line.area.channels.lowerBound + column)
                }
            }
        }
    }
}

/// Stores `activation(complete(sums))`.
///
/// - Parameter width: words per row of the tile.
@_alwaysEmitIntoClient @inline(__always)
func storeRows<F: OperandFormat, Element: ElementFormat>(
    _: F.Type, _: Element.Type, _ tile: IncompleteTile, width: Int, _ epilogue: Epilogue,
    complete: (_ row: Int, _ column: Int, F.Vector) -> F.Vector
) {
    typealias V = F.Vector
    let (output, area, scales) = (epilogue.output, tile.area, tile.scales)
    let size = Element.size
    // Whole vectors: the last channel is followed by padding.
    let count = min(
        (area.channels.count + V.lanes - 1) / V.lanes * V.lanes, output.pixelStride / size - area.channels.lowerBound)
    let range = ActivationRange<V>(epilogue.activation)
    for row in 0..<area.pixels.count {
        let pixel = output.address(pixel: area.pixels.lowerBound + row, channel: area.channels.lowerBound)
        func value(_ column: Int) -> V {
            let sums = (tile.sums + (row * width + column) * 4).loadUnaligned(as: F.Sums.self)
            return range.clamp(complete(row, column, F.values(sums, row: row, column: column, of: scales)))
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
