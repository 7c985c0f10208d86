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
/// `output = relu?(bias + sums + residual? + maxPool?)`. (The sums begin with the bias.)
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

/// A microtile's place in the output.
@usableFromInline
struct OutputArea {
    @usableFromInline let pixels: Range<Int>
    @usableFromInline let channels: Range<Int>

    @inlinable @inline(__always)
    init(pixels: Range<Int>, channels: Range<Int>) {
        self.pixels = pixels
        self.channels = channels
    }
}

extension Epilogue {
    /// Whether sums that begin with the bias lack nothing but ReLU.
    var isPlain: Bool { residual == nil && pool == nil }

    /// Fetches what ``finish`` will touch while the microkernel computes: rows lie far apart,
    /// where no prefetcher of the processor looks for them.
    func prefetch(_ area: OutputArea) {
        for pixel in area.pixels {
            for channel in stride(from: area.channels.lowerBound, to: area.channels.upperBound, by: CacheLine.floats) {
                let place = pixel * output.pixelStride + channel
                csimd_prefetch(output.base + place)
                if let residual { csimd_prefetch(residual.base + place) }
            }
            if let pool {
                let window = PoolWindow(pool, pixel: pixel)
                func fetch(_ pixel: UnsafePointer<Float>) {
                    for channel in stride(from: area.channels.lowerBound, to: area.channels.upperBound, by: CacheLine.floats) {
                        csimd_prefetch(pixel + channel)
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
}

/// Finishes a microtile's sums with all but the bias.
///
/// - Parameters:
///   - tile: `[pixels x vectors * lanes]`; what is past the area's channels goes to padding at most.
///   - addend: a second tile to add, or nil.
@_alwaysEmitIntoClient @inline(__always)
func finish<V: FloatVector>(
    _: V.Type, _ epilogue: Epilogue, tile: UnsafePointer<Float>, addend: UnsafePointer<Float>?,
    vectors: Int, area: OutputArea
) {
    // The common cases as loops of their own: what is nil costs nothing there.
    let width = vectors * V.lanes
    let (pixel, channel) = (area.pixels.lowerBound, area.channels.lowerBound)
    switch (addend, epilogue.residual, epilogue.pool) {
    case (nil, nil, nil):
        store(V.self, tile, width: width, area, epilogue) { _, _, value in value }
    case (nil, nil, let pool?):
        for row in 0..<area.pixels.count {
            let window = PoolWindow(pool, pixel: pixel + row)
            let line = OutputArea(pixels: pixel + row..<pixel + row + 1, channels: area.channels)
            store(V.self, tile + row * width, width: width, line, epilogue) { _, column, value in
                value + window.maximum(V.self, channel: channel + column)
            }
        }
    case (let addend?, nil, _):
        store(V.self, tile, width: width, area, epilogue) { row, column, value in
            value + V.load(addend + row * width + column)
        }
    case (nil, let residual?, _):
        store(V.self, tile, width: width, area, epilogue) { row, column, value in
            value + V.load(residual.base + (pixel + row) * residual.pixelStride + channel + column)
        }
    case (let addend?, let residual?, _):
        store(V.self, tile, width: width, area, epilogue) { row, column, value in
            value + V.load(addend + row * width + column)
                + V.load(residual.base + (pixel + row) * residual.pixelStride + channel + column)
        }
    }
}

/// Stores a tile's sums after `complete` and ReLU.
@_alwaysEmitIntoClient @inline(__always)
func store<V: FloatVector>(
    _: V.Type, _ tile: UnsafePointer<Float>, width: Int, _ area: OutputArea, _ epilogue: Epilogue,
    complete: (_ row: Int, _ column: Int, V) -> V
) {
    let pixelStride = epilogue.output.pixelStride
    let channel = area.channels.lowerBound
    // Whole vectors: past the last channel stands padding.
    let columns = min((area.channels.count + V.lanes - 1) / V.lanes * V.lanes, pixelStride - channel)
    let output = epilogue.output.base + area.pixels.lowerBound * pixelStride + channel
    let floor = V(repeating: epilogue.rectifies ? 0 : -Float.infinity)
    for row in 0..<area.pixels.count {
        var column = 0
        while column + V.lanes <= columns {
            let sum = V.load(tile + row * width + column)
            V.maximum(complete(row, column, sum), floor).store(output + row * pixelStride + column)
            column += V.lanes
        }
        if column < columns {
            let sum = V.load(tile + row * width + column)
            let value = V.maximum(complete(row, column, sum), floor)
            for lane in 0..<columns - column {
                output[row * pixelStride + column + lane] = value[lane]
            }
        }
    }
}

/// The nine pixels that one output of a max pool is taken over. Where the window reaches over
/// an edge it names some pixel of it twice instead, which changes no maximum.
@usableFromInline
struct PoolWindow {
    @usableFromInline let rows: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>)
    @usableFromInline let columns: (Int, Int, Int)

    @inlinable @inline(__always)
    init(_ pool: MaxPool, pixel: Int) {
        let input = pool.input
        // 32-bit division is several times as fast.
        let y = Int(UInt32(truncatingIfNeeded: pixel) / UInt32(truncatingIfNeeded: pool.outputWidth))
        let top = y * 2 - pool.rowPadding
        let left = (pixel - y * pool.outputWidth) * 2 - pool.columnPadding
        let stride = input.width * input.pixelStride
        rows = (
            UnsafePointer(input.base + max(top, 0) * stride),
            UnsafePointer(input.base + min(top + 1, input.height - 1) * stride),
            UnsafePointer(input.base + min(top + 2, input.height - 1) * stride)
        )
        columns = (
            max(left, 0) * input.pixelStride, min(left + 1, input.width - 1) * input.pixelStride,
            min(left + 2, input.width - 1) * input.pixelStride
        )
    }

    @inlinable @inline(__always)
    func maximum<V: FloatVector>(_: V.Type, channel: Int) -> V {
        let (first, second, third) = (columns.0 + channel, columns.1 + channel, columns.2 + channel)
        let a = V.maximum(V.maximum(V.load(rows.0 + first), V.load(rows.0 + second)), V.load(rows.0 + third))
        let b = V.maximum(V.maximum(V.load(rows.1 + first), V.load(rows.1 + second)), V.load(rows.1 + third))
        let c = V.maximum(V.maximum(V.load(rows.2 + first), V.load(rows.2 + second)), V.load(rows.2 + third))
        return V.maximum(V.maximum(a, b), c)
    }
}
