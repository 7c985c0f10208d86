import CSIMD

/// A 3x3 stride-2 max pool that is taken while a product of the pooled size is finished,
/// so that its result never stands in memory alone.
public struct MaxPool: @unchecked Sendable {
    public let input: FeatureMap
    public let outputWidth: Int
    /// Rows and columns outside the image before the first window; they never win.
    public let rowPadding: Int
    public let columnPadding: Int

    public init(input: FeatureMap, outputWidth: Int, rowPadding: Int, columnPadding: Int) {
        self.input = input
        self.outputWidth = outputWidth
        self.rowPadding = rowPadding
        self.columnPadding = columnPadding
    }
}

/// What happens to a product's sums on their way to memory:
/// `output = relu?(sums + bias + residual? + maxPool?)`.
public struct Epilogue: @unchecked Sendable {
    public let output: FeatureMap
    /// `[channels]`, with a vector of slack.
    public let bias: UnsafePointer<Float>
    public let rectifies: Bool
    /// Of the output's shape.
    public let residual: FeatureMap?
    public let pool: MaxPool?

    public init(
        output: FeatureMap, bias: UnsafePointer<Float>, rectifies: Bool,
        residual: FeatureMap? = nil, pool: MaxPool? = nil
    ) {
        self.output = output
        self.bias = bias
        self.rectifies = rectifies
        self.residual = residual
        self.pool = pool
    }
}

extension Epilogue {
    /// Fetches what ``finish`` will touch while the microkernel computes: rows lie far apart,
    /// where no prefetcher of the processor looks for them.
    func prefetch(pixel: Int, rows: Int, channel: Int, columns: Int) {
        for row in pixel..<pixel + rows {
            let first = row * output.channels + channel
            // Cache lines of 16 floats.
            for column in stride(from: 0, to: columns, by: 16) {
                csimd_prefetch_for_writing(output.base + first + column)
                if let residual { csimd_prefetch(residual.base + first + column) }
            }
        }
    }
}

/// Finishes `rows x columns` sums, the output's pixels from `pixel` and channels from
/// `channel` on.
///
/// - Parameters:
///   - tile: `[rows x vectors * lanes]`.
///   - addend: a second tile to add, or nil.
///   - columns: how many of the tile's columns belong to the output.
@_alwaysEmitIntoClient @inline(__always)
func finish<V: FloatVector>(
    _: V.Type, _ epilogue: Epilogue, tile: UnsafePointer<Float>, addend: UnsafePointer<Float>?,
    vectors: Int, pixel: Int, rows: Int, channel: Int, columns: Int
) {
    // The common cases as loops of their own: what is nil costs nothing there.
    let area = TileArea(tile: tile, width: vectors * V.lanes, pixel: pixel, rows: rows, channel: channel, columns: columns)
    switch (addend, epilogue.residual, epilogue.pool) {
    case (nil, nil, nil):
        store(V.self, area, epilogue) { _, _, value in value }
    case (nil, nil, let pool?):
        store(V.self, area, epilogue) { row, column, value in
            value + maximum(V.self, pool, pixel: pixel + row, channel: channel + column)
        }
    case (let addend?, nil, _):
        store(V.self, area, epilogue) { row, column, value in
            value + V.load(addend + row * area.width + column)
        }
    case (nil, let residual?, _):
        store(V.self, area, epilogue) { row, column, value in
            value + V.load(residual.base + (pixel + row) * residual.channels + channel + column)
        }
    case (let addend?, let residual?, _):
        store(V.self, area, epilogue) { row, column, value in
            value + V.load(addend + row * area.width + column)
                + V.load(residual.base + (pixel + row) * residual.channels + channel + column)
        }
    }
}

/// A tile and the part of the output it belongs to.
@usableFromInline
struct TileArea {
    @usableFromInline let tile: UnsafePointer<Float>
    @usableFromInline let width: Int
    @usableFromInline let pixel: Int
    @usableFromInline let rows: Int
    @usableFromInline let channel: Int
    @usableFromInline let columns: Int

    @inlinable @inline(__always)
    init(tile: UnsafePointer<Float>, width: Int, pixel: Int, rows: Int, channel: Int, columns: Int) {
        self.tile = tile
        self.width = width
        self.pixel = pixel
        self.rows = rows
        self.channel = channel
        self.columns = columns
    }
}

/// Stores a tile's sums plus bias after `complete` and ReLU.
@_alwaysEmitIntoClient @inline(__always)
func store<V: FloatVector>(
    _: V.Type, _ area: TileArea, _ epilogue: Epilogue, complete: (_ row: Int, _ column: Int, V) -> V
) {
    let channels = epilogue.output.channels
    let output = epilogue.output.base + area.pixel * channels + area.channel
    let floor = V(repeating: epilogue.rectifies ? 0 : -Float.infinity)
    for row in 0..<area.rows {
        var column = 0
        while column + V.lanes <= area.columns {
            let sum = V.load(area.tile + row * area.width + column) + V.load(epilogue.bias + area.channel + column)
            V.maximum(complete(row, column, sum), floor).store(output + row * channels + column)
            column += V.lanes
        }
        if column < area.columns {
            let sum = V.load(area.tile + row * area.width + column) + V.load(epilogue.bias + area.channel + column)
            let value = V.maximum(complete(row, column, sum), floor)
            for lane in 0..<area.columns - column {
                output[row * channels + column + lane] = value[lane]
            }
        }
    }
}

/// One vector of a max pool's output.
@_alwaysEmitIntoClient @inline(__always)
func maximum<V: FloatVector>(_: V.Type, _ pool: MaxPool, pixel: Int, channel: Int) -> V {
    let row = Int(UInt32(truncatingIfNeeded: pixel) / UInt32(truncatingIfNeeded: pool.outputWidth))
    let top = row * 2 - pool.rowPadding
    let left = (pixel - row * pool.outputWidth) * 2 - pool.columnPadding
    // Windows that reach over an edge read some pixel of theirs twice instead.
    let pixelStride = pool.input.channels
    let rowStride = pool.input.width * pixelStride
    let x0 = max(left, 0) * pixelStride
    let x1 = min(left + 1, pool.input.width - 1) * pixelStride
    let x2 = min(left + 2, pool.input.width - 1) * pixelStride
    @inline(__always) func rowMaximum(_ y: Int) -> V {
        let row = pool.input.base + y * rowStride + channel
        return V.maximum(V.maximum(V.load(row + x0), V.load(row + x1)), V.load(row + x2))
    }
    return V.maximum(
        V.maximum(rowMaximum(max(top, 0)), rowMaximum(min(top + 1, pool.input.height - 1))),
        rowMaximum(min(top + 2, pool.input.height - 1)))
}
