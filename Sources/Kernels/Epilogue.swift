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
    let width = vectors * V.lanes
    let channels = epilogue.output.channels
    var vectorStart = 0
    while vectorStart < columns {
        let bias = V.load(epilogue.bias + channel + vectorStart)
        let stored = min(V.lanes, columns - vectorStart)
        for row in 0..<rows {
            let at = (pixel + row) * channels + channel + vectorStart
            var value = V.load(tile + row * width + vectorStart) + bias
            if let addend {
                value = value + V.load(addend + row * width + vectorStart)
            }
            if let residual = epilogue.residual {
                value = value + V.load(residual.base + at)
            }
            if let pool = epilogue.pool {
                value = value + maximum(V.self, pool, pixel: pixel + row, channel: channel + vectorStart)
            }
            if epilogue.rectifies {
                value = V.maximum(value, V.zero)
            }
            if stored == V.lanes {
                value.store(epilogue.output.base + at)
            } else {
                for lane in 0..<stored {
                    epilogue.output.base[at + lane] = value[lane]
                }
            }
        }
        vectorStart += V.lanes
    }
}

/// One vector of a max pool's output.
@_alwaysEmitIntoClient @inline(__always)
func maximum<V: FloatVector>(_: V.Type, _ pool: MaxPool, pixel: Int, channel: Int) -> V {
    let top = pixel / pool.outputWidth * 2 - pool.rowPadding
    let left = pixel % pool.outputWidth * 2 - pool.columnPadding
    var result = V(repeating: -Float.infinity)
    for y in max(top, 0)..<min(top + 3, pool.input.height) {
        for x in max(left, 0)..<min(left + 3, pool.input.width) {
            let at = (y * pool.input.width + x) * pool.input.channels + channel
            result = V.maximum(result, V.load(pool.input.base + at))
        }
    }
    return result
}
