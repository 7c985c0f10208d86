import CSIMD

/// 3x3 depthwise convolution, stride 1 with padding 1, of one vector of channels of output row `y`, or of it and the
/// next.
///
/// Sliding along the rows, each loaded vector meets all the weights it belongs to: 3 loads and 9 multiply-adds per
/// output, or 2 loads in a pair.
///
/// - Parameters:
///   - isPair: true to compute two image rows at a time, for which 16 registers are too few.
///   - places: the places of the pixels from `y` on in a packed left operand.
@_alwaysEmitIntoClient @inline(__always)
func depthwiseRows<V: FloatVector, Reader: ElementReader, Sums: DepthwiseSums>(
    _: V.Type, _: Reader.Type, _: Sums.Type, isPair: Bool, _ convolution: DepthwiseConvolution, y: Int, channel: Int,
    block: Int, places: UnsafePointer<PackedRow>, output: UnsafeMutablePointer<Float>
) {
    let input = convolution.input
    let pixelStride = input.pixelStride
    let rowStride = input.width * pixelStride
    let tapStride = input.channels
    let last = isPair ? y + 1 : y
    // Rows outside the image count as zero: their weights are zero, and some other row is read.
    let hasAbove = y > 0
    let hasBelow = last + 1 < input.height
    let column = UnsafeRawPointer(input.base) + channel * Reader.size
    let above = column + (hasAbove ? y - 1 : y) * rowStride
    let upper = column + y * rowStride
    let lower = column + last * rowStride
    let below = column + (hasBelow ? last + 1 : last) * rowStride
    let weights = convolution.weights + channel
    let w00 = V.load(weights), w01 = V.load(weights + tapStride), w02 = V.load(weights + 2 * tapStride)
    let w10 = V.load(weights + 3 * tapStride), w11 = V.load(weights + 4 * tapStride), w12 = V.load(weights + 5 * tapStride)
    let w20 = V.load(weights + 6 * tapStride), w21 = V.load(weights + 7 * tapStride), w22 = V.load(weights + 8 * tapStride)
    let above0 = hasAbove ? w00 : V.zero, above1 = hasAbove ? w01 : V.zero, above2 = hasAbove ? w02 : V.zero
    let below0 = hasBelow ? w20 : V.zero, below1 = hasBelow ? w21 : V.zero, below2 = hasBelow ? w22 : V.zero
    let bias = Sums.bias(V.self, convolution, channel: channel)
    let range = ActivationRange<V>(convolution.activation)

    // Sums of the outputs left of the current column, and of those at it.
    var upperLeft = bias, upperHere = bias
    var lowerLeft = bias, lowerHere = bias
    func store(_ x: Int) {
        func place(_ row: PackedRow) -> UnsafeMutablePointer<Float> { output + row.word(block: block) }
        Sums.finish(upperLeft, range).store(place(places[x]))
        if isPair { Sums.finish(lowerLeft, range).store(place(places[input.width + x])) }
    }
    for x in 0..<input.width {
        let offset = x * pixelStride
        func value(_ row: UnsafeRawPointer) -> V { Reader.load(V.self, row + offset) }
        // The next block ends in the next cache line of each pixel; pixels are far apart.
        csimd_prefetch(below + offset + (2 * V.lanes - 1) * Reader.size)
        if isPair { csimd_prefetch(lower + offset + (2 * V.lanes - 1) * Reader.size) }
        let a = value(above), b = value(upper), d = value(below)
        if isPair {
            let c = value(lower)
            upperLeft = upperLeft.adding(a, times: above2).adding(b, times: w12).adding(c, times: w22)
            lowerLeft = lowerLeft.adding(b, times: w02).adding(c, times: w12).adding(d, times: below2)
            if x > 0 { store(x - 1) }
            upperLeft = upperHere.adding(a, times: above1).adding(b, times: w11).adding(c, times: w21)
            lowerLeft = lowerHere.adding(b, times: w01).adding(c, times: w11).adding(d, times: below1)
            upperHere = Sums.start(bias, a, times: above0).adding(b, times: w10).adding(c, times: w20)
            lowerHere = Sums.start(bias, b, times: w00).adding(c, times: w10).adding(d, times: below0)
        } else {
            upperLeft = upperLeft.adding(a, times: above2).adding(b, times: w12).adding(d, times: below2)
            if x > 0 { store(x - 1) }
            upperLeft = upperHere.adding(a, times: above1).adding(b, times: w11).adding(d, times: below1)
            upperHere = Sums.start(bias, a, times: above0).adding(b, times: w10).adding(d, times: below0)
        }
    }
    store(input.width - 1)
}

/// 3x3 depthwise convolution, stride 2, any padding, of one vector of channels of output row `y`.
///
/// Each output's last column is the next one's first: 6 loads and 9 multiply-adds per output.
///
/// - Parameter places: the places of the row's pixels in a packed left operand.
@_alwaysEmitIntoClient @inline(__always)
func stridedDepthwiseRow<V: FloatVector, Reader: ElementReader>(
    _: V.Type, _: Reader.Type, _ convolution: DepthwiseConvolution, y: Int, channel: Int, block: Int,
    places: UnsafePointer<PackedRow>, output: UnsafeMutablePointer<Float>
) {
    let (input, geometry) = (convolution.input, convolution.geometry)
    let pixelStride = input.pixelStride
    let tapStride = input.channels
    let weights = convolution.weights + channel
    let column = UnsafeRawPointer(input.base) + channel * Reader.size
    let top = y * 2 - geometry.rowPadding.before
    // Rows outside the image count as zero: their weights are zero, and some other row is read.
    @inline(__always) func row(_ tap: Int) -> (values: UnsafeRawPointer, V, V, V) {
        let y = top + tap
        let isInside = y >= 0 && y < input.height
        let values = column + max(0, min(y, input.height - 1)) * input.width * pixelStride
        guard isInside else { return (values, V.zero, V.zero, V.zero) }
        let weights = weights + 3 * tap * tapStride
        return (values, V.load(weights), V.load(weights + tapStride), V.load(weights + 2 * tapStride))
    }
    let (a, a0, a1, a2) = row(0)
    let (b, b0, b1, b2) = row(1)
    let (c, c0, c1, c2) = row(2)
    let bias = V.load(convolution.bias.unsafelyUnwrapped + channel)
    let range = ActivationRange<V>(convolution.activation)
    let columns = 0..<input.width
    var sum = bias
    for x in 0...geometry.outputWidth {
        // The column that this output shares with the one before it.
        let shared = x * 2 - geometry.columnPadding.before
        let offset = shared * pixelStride
        @inline(__always) func value(_ row: UnsafeRawPointer, _ step: Int) -> V {
            Reader.load(V.self, row + offset + step * pixelStride)
        }
        var (first, second, third) = (V.zero, V.zero, V.zero)
        if columns.contains(shared) { (first, second, third) = (value(a, 0), value(b, 0), value(c, 0)) }
        if x > 0 {
            let last = sum.adding(first, times: a2).adding(second, times: b2).adding(third, times: c2)
            range.clamp(last).store(output + places[x - 1].word(block: block))
        }
        if x == geometry.outputWidth { break }
        sum = bias.adding(first, times: a0).adding(second, times: b0).adding(third, times: c0)
        if columns.contains(shared + 1) {
            sum = sum.adding(value(a, 1), times: a1).adding(value(b, 1), times: b1).adding(value(c, 1), times: c1)
        }
    }
}

/// 3x3 depthwise convolution of a part of its output, written as packed rows of a left matrix.
///
/// - Parameter inPairs: true to compute two image rows at a time.
@_alwaysEmitIntoClient @inline(__always)
func depthwise<V: FloatVector, Reader: ElementReader>(
    _: V.Type, _: Reader.Type, inPairs: Bool, _ convolution: DepthwiseConvolution, _ part: OperandPart
) {
    if convolution.geometry.stride == 2 {
        for block in part.blocks {
            for y in part.rows {
                stridedDepthwiseRow(
                    V.self, Reader.self, convolution, y: y, channel: part.firstChannel + block * V.lanes, block: block,
                    places: part.places + (y - part.rows.lowerBound) * convolution.geometry.outputWidth,
                    output: part.output)
            }
        }
    } else if convolution.bias == nil {
        depthwise(V.self, Reader.self, PlainSums.self, inPairs: inPairs, convolution, part)
    } else {
        depthwise(V.self, Reader.self, BiasedSums.self, inPairs: inPairs, convolution, part)
    }
}

/// The rows of stride 1.
@_alwaysEmitIntoClient @inline(__always)
func depthwise<V: FloatVector, Reader: ElementReader, Sums: DepthwiseSums>(
    _: V.Type, _: Reader.Type, _: Sums.Type, inPairs: Bool, _ convolution: DepthwiseConvolution, _ part: OperandPart
) {
    for block in part.blocks {
        let channel = part.firstChannel + block * V.lanes
        var places = part.places
        var y = part.rows.lowerBound
        if inPairs {
            while y + 2 <= part.rows.upperBound {
                depthwiseRows(
                    V.self, Reader.self, Sums.self, isPair: true, convolution, y: y, channel: channel, block: block,
                    places: places, output: part.output)
                y += 2
                places += 2 * convolution.input.width
            }
        }
        while y < part.rows.upperBound {
            depthwiseRows(
                V.self, Reader.self, Sums.self, isPair: false, convolution, y: y, channel: channel, block: block,
                places: places, output: part.output)
            y += 1
            places += convolution.input.width
        }
    }
}
