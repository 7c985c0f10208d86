/// Winograd's minimal filtering F(4x4, 3x3) (A. Lavin and S. Gray, "Fast Algorithms for
/// Convolutional Neural Networks", 2015): 4x4 outputs of a 3x3 convolution by 36 products
/// instead of 144, each of the 36 a matrix product over tiles and channels.
enum Winograd {
    /// Outputs of a tile along one side.
    static let tile = 4
    /// Inputs of a tile, and so products, along one side.
    static let patch = 6
    static let products = 36

    /// Takes a 3x3 filter to its 36 factors: `G g G^T`.
    static let filterTransform: [[Double]] = [
        [1 / 4.0, 0, 0],
        [-1 / 6.0, -1 / 6.0, -1 / 6.0],
        [-1 / 6.0, 1 / 6.0, -1 / 6.0],
        [1 / 24.0, 1 / 12.0, 1 / 6.0],
        [1 / 24.0, -1 / 12.0, 1 / 6.0],
        [0, 0, 1],
    ]
}

/// `B^T d` for six values.
@_alwaysEmitIntoClient @inline(__always)
func winogradInput<V: FloatVector>(_ d: (V, V, V, V, V, V)) -> (V, V, V, V, V, V) {
    let two = V(repeating: 2)
    let minusFour = V(repeating: -4)
    let minusFive = V(repeating: -5)
    let four = V(repeating: 4)
    let even = d.4.adding(d.2, times: minusFour)
    let odd = d.3.adding(d.1, times: minusFour)
    let evenHalf = d.4 - d.2
    let oddHalf = (d.3 - d.1) * two
    return (
        d.4.adding(d.2, times: minusFive).adding(d.0, times: four),
        even + odd, even - odd, evenHalf + oddHalf, evenHalf - oddHalf,
        d.5.adding(d.3, times: minusFive).adding(d.1, times: four)
    )
}

/// `A^T m` for six values.
@_alwaysEmitIntoClient @inline(__always)
func winogradOutput<V: FloatVector>(_ m: (V, V, V, V, V, V)) -> (V, V, V, V) {
    let sum = m.1 + m.2
    let difference = m.1 - m.2
    let farSum = m.3 + m.4
    let farDifference = m.3 - m.4
    return (
        m.0 + sum + farSum,
        difference.adding(farDifference, times: V(repeating: 2)),
        sum.adding(farSum, times: V(repeating: 4)),
        difference.adding(farDifference, times: V(repeating: 8)) + m.5
    )
}

/// A tile of the input, all channels, on its way to one row of each of the 36 packed left matrices.
public struct WinogradInput {
    @usableFromInline let map: FeatureMap
    /// First input row; rows outside the image count as zero, likewise columns.
    @usableFromInline let y: Int
    @usableFromInline let x: Int
    /// The place of the row's first channel block in the first matrix.
    @usableFromInline let output: UnsafeMutablePointer<Float>
    /// Floats from one channel block to the next.
    @usableFromInline let blockStride: Int
    /// Floats from one matrix to the next.
    @usableFromInline let productStride: Int
    /// Scratch memory, `[6 x 6 x lanes]`.
    @usableFromInline let columns: UnsafeMutablePointer<Float>
}

/// The 36 products of a tile, one vector of channels, on their way to at most 4x4 outputs.
public struct WinogradOutput {
    /// The first product's vector.
    @usableFromInline let products: UnsafePointer<Float>
    /// Floats from one product to the next.
    @usableFromInline let productStride: Int
    @usableFromInline let epilogue: Epilogue
    /// `[channels]`.
    @usableFromInline let bias: UnsafePointer<Float>
    @usableFromInline let y: Int
    @usableFromInline let x: Int
    /// The rows and columns of the tile that lie in the output, 1 to 4.
    @usableFromInline let rows: Int
    @usableFromInline let columns: Int
    @usableFromInline let channel: Int
    /// Scratch memory, `[4 x 6 x lanes]`.
    @usableFromInline let lines: UnsafeMutablePointer<Float>
}

@_alwaysEmitIntoClient @inline(__always)
func transformInput<V: FloatVector, Reader: ElementReader>(_: V.Type, _: Reader.Type, _ tile: WinogradInput) {
    let (input, y, x, columns, productStride) = (tile.map, tile.y, tile.x, tile.columns, tile.productStride)
    let isInside = y >= 0 && x >= 0 && y + 6 <= input.height && x + 6 <= input.width
    for block in 0..<input.channels / V.lanes {
        let corner = UnsafeRawPointer(input.address(pixel: y * input.width + x, channel: block * V.lanes))
        @inline(__always) func value(_ row: Int, _ column: Int) -> V {
            let isPixel = isInside
                || (y + row >= 0 && y + row < input.height && x + column >= 0 && x + column < input.width)
            return isPixel ? Reader.load(V.self, corner + (row * input.width + column) * input.pixelStride) : V.zero
        }
        for column in 0..<6 {
            let t = winogradInput((
                value(0, column), value(1, column), value(2, column), value(3, column), value(4, column),
                value(5, column)))
            t.0.store(columns + (0 * 6 + column) * V.lanes)
            t.1.store(columns + (1 * 6 + column) * V.lanes)
            t.2.store(columns + (2 * 6 + column) * V.lanes)
            t.3.store(columns + (3 * 6 + column) * V.lanes)
            t.4.store(columns + (4 * 6 + column) * V.lanes)
            t.5.store(columns + (5 * 6 + column) * V.lanes)
        }
        for row in 0..<6 {
            let line = columns + row * 6 * V.lanes
            let t = winogradInput((
                V.load(line), V.load(line + V.lanes), V.load(line + 2 * V.lanes), V.load(line + 3 * V.lanes),
                V.load(line + 4 * V.lanes), V.load(line + 5 * V.lanes)))
            let at = tile.output + block * tile.blockStride + row * 6 * productStride
            t.0.store(at)
            t.1.store(at + productStride)
            t.2.store(at + 2 * productStride)
            t.3.store(at + 3 * productStride)
            t.4.store(at + 4 * productStride)
            t.5.store(at + 5 * productStride)
        }
    }
}

@_alwaysEmitIntoClient @inline(__always)
func transformOutput<V: FloatVector, Element: ElementFormat>(_: V.Type, _: Element.Type, _ tile: WinogradOutput) {
    let (products, productStride, lines) = (tile.products, tile.productStride, tile.lines)
    let (output, channel, columns) = (tile.epilogue.output, tile.channel, tile.columns)
    let bias = V.load(tile.bias + channel)
    let range = ActivationRange<V>(tile.epilogue.activation)
    for column in 0..<6 {
        let at = products + column * productStride
        let t = winogradOutput((
            V.load(at), V.load(at + 6 * productStride), V.load(at + 12 * productStride),
            V.load(at + 18 * productStride), V.load(at + 24 * productStride), V.load(at + 30 * productStride)))
        t.0.store(lines + (0 * 6 + column) * V.lanes)
        t.1.store(lines + (1 * 6 + column) * V.lanes)
        t.2.store(lines + (2 * 6 + column) * V.lanes)
        t.3.store(lines + (3 * 6 + column) * V.lanes)
    }
    for row in 0..<tile.rows {
        let line = lines + row * 6 * V.lanes
        let t = winogradOutput((
            V.load(line), V.load(line + V.lanes), V.load(line + 2 * V.lanes), V.load(line + 3 * V.lanes),
            V.load(line + 4 * V.lanes), V.load(line + 5 * V.lanes)))
        let stride = output.pixelStride
        let at = output.address(pixel: (tile.y + row) * output.width + tile.x, channel: channel)
        Element.store(range.clamp(t.0 + bias), at)
        if columns > 1 { Element.store(range.clamp(t.1 + bias), at + stride) }
        if columns > 2 { Element.store(range.clamp(t.2 + bias), at + 2 * stride) }
        if columns > 3 { Element.store(range.clamp(t.3 + bias), at + 3 * stride) }
    }
}
