import CSIMD

/// A 3x3 stride-2 max pool that is computed while a product of the pooled size is completed, so that its result never
/// passes through memory.
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

/// The nine pixels of one output of a max pool. At an edge the window repeats a pixel that it contains, which changes
/// no maximum.
@usableFromInline
struct PoolWindow {
    @usableFromInline let rows: (UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer)
    @usableFromInline let columns: (Int, Int, Int)

    @inlinable @inline(__always)
    init(_ pool: MaxPool, pixel: Int) {
        let input = pool.input
        // 32-bit division is several times faster.
        let y = Int(UInt32(truncatingIfNeeded: pixel) / UInt32(truncatingIfNeeded: pool.outputWidth))
        let top = y * 2 - pool.rowPadding
        let left = (pixel - y * pool.outputWidth) * 2 - pool.columnPadding
        let stride = input.width * input.pixelStride
        rows = (
            UnsafeRawPointer(input.base + max(top, 0) * stride),
            UnsafeRawPointer(input.base + min(top + 1, input.height - 1) * stride),
            UnsafeRawPointer(input.base + min(top + 2, input.height - 1) * stride)
        )
        columns = (
            max(left, 0) * input.pixelStride, min(left + 1, input.width - 1) * input.pixelStride,
            min(left + 2, input.width - 1) * input.pixelStride
        )
    }

    /// Fetches the lines of some channels, except what the window before has brought.
    ///
    /// - Parameter bytes: the channels' place in a pixel.
    func prefetch(_ bytes: Range<Int>) {
        for line in stride(from: bytes.lowerBound, to: bytes.upperBound, by: CacheLine.bytes) {
            csimd_prefetch(rows.1 + columns.1 + line)
            csimd_prefetch(rows.1 + columns.2 + line)
            csimd_prefetch(rows.2 + columns.1 + line)
            csimd_prefetch(rows.2 + columns.2 + line)
        }
    }

    @_alwaysEmitIntoClient @inline(__always)
    func maximum<V: FloatVector, Reader: ElementReader>(_: V.Type, _: Reader.Type, channel: Int) -> V {
        let offset = channel * Reader.size
        let (first, second, third) = (columns.0 + offset, columns.1 + offset, columns.2 + offset)
        @inline(__always) func value(_ pixel: UnsafeRawPointer) -> V { Reader.load(V.self, pixel) }
        let a = V.maximum(V.maximum(value(rows.0 + first), value(rows.0 + second)), value(rows.0 + third))
        let b = V.maximum(V.maximum(value(rows.1 + first), value(rows.1 + second)), value(rows.1 + third))
        let c = V.maximum(V.maximum(value(rows.2 + first), value(rows.2 + second)), value(rows.2 + third))
        return V.maximum(V.maximum(a, b), c)
    }
}
