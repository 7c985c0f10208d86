import CSIMD

/// 3x3 depthwise convolution, stride 1 with padding 1, of one vector of channels of output row `y`, or of it and the
/// next.
///
/// Sliding along the rows, each loaded vector meets all the weights it belongs to: 3 loads and 9 multiply-adds per
/// output, or 2 loads in a pair.
///
/// - Parameters:
///   - isPair: true to compute two image rows at a time. 16 registers do not hold all the weights then, which costs
///     less than the loads that it saves.
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

/// 3x3 depthwise convolution, stride 2, any padding, of one or two vectors of channels of output row `y`.
///
/// Two vectors of AVX2 fill a cache line, which is fetched once then.
///
/// - Parameters:
///   - vectors: 1 or 2.
///   - block: the first vector's.
///   - places: the places of the row's pixels in a packed left operand.
@_alwaysEmitIntoClient @inline(__always)
func stridedDepthwiseRow<V: FloatVector, Reader: ElementReader>(
    _: V.Type, _: Reader.Type, vectors: Int, _ convolution: DepthwiseConvolution, y: Int, channel: Int, block: Int,
    places: UnsafePointer<PackedRow>, output: UnsafeMutablePointer<Float>
) {
    let (input, geometry) = (convolution.input, convolution.geometry)
    let (pixelStride, tapStride) = (input.pixelStride, input.channels)
    let top = y * 2 - geometry.rowPadding.before
    let range = ActivationRange<V>(convolution.activation)
    /// Returns an input row and the weights that it meets. Rows outside the image count as zero: their weights are
    /// zero, and some other row is read.
    @inline(__always) func row(_ tap: Int, vector: Int) -> (values: UnsafeRawPointer, V, V, V) {
        let y = top + tap
        let channel = channel + vector * V.lanes
        let values = UnsafeRawPointer(input.address(pixel: max(0, min(y, input.height - 1)) * input.width, channel: channel))
        guard y >= 0 && y < input.height else { return (values, V.zero, V.zero, V.zero) }
        let weights = convolution.weights + 3 * tap * tapStride + channel
        return (values, V.load(weights), V.load(weights + tapStride), V.load(weights + 2 * tapStride))
    }
    @inline(__always) func compute(
        _ x: Int, vector: Int, _ a: (values: UnsafeRawPointer, V, V, V), _ b: (values: UnsafeRawPointer, V, V, V),
        _ c: (values: UnsafeRawPointer, V, V, V), _ bias: V, isInner: Bool
    ) {
        let column = x * 2 - geometry.columnPadding.before
        @inline(__always) func adding(_ sum: V, _ step: Int, _ weights: (V, V, V)) -> V {
            guard isInner || column + step >= 0 && column + step < input.width else { return sum }
            @inline(__always) func value(_ row: UnsafeRawPointer) -> V {
                Reader.load(V.self, row + (column + step) * pixelStride)
            }
            return sum.adding(value(a.values), times: weights.0).adding(value(b.values), times: weights.1)
                .adding(value(c.values), times: weights.2)
        }
        let sum = adding(adding(adding(bias, 0, (a.1, b.1, c.1)), 1, (a.2, b.2, c.2)), 2, (a.3, b.3, c.3))
        range.clamp(sum).store(output + places[x].word(block: block + vector))
    }
    let bias = convolution.bias.unsafelyUnwrapped + channel
    let (a, b, c) = (row(0, vector: 0), row(1, vector: 0), row(2, vector: 0))
    let second = vectors > 1 ? 1 : 0
    let (d, e, f) = (row(0, vector: second), row(1, vector: second), row(2, vector: second))
    let (bias0, bias1) = (V.load(bias), V.load(bias + second * V.lanes))
    @inline(__always) func compute(_ x: Int, isInner: Bool) {
        compute(x, vector: 0, a, b, c, bias0, isInner: isInner)
        if vectors > 1 { compute(x, vector: 1, d, e, f, bias1, isInner: isInner) }
    }
    // Outputs whose columns are all inside the image.
    let first = (geometry.columnPadding.before + 1) / 2
    let inner = first..<max(first, min((input.width + geometry.columnPadding.before - 1) / 2, geometry.outputWidth))
    for x in 0..<min(first, geometry.outputWidth) { compute(x, isInner: false) }
    for x in inner { compute(x, isInner: true) }
    for x in inner.upperBound..<max(inner.upperBound, geometry.outputWidth) { compute(x, isInner: false) }
}

/// 3x3 depthwise convolution of a part of its output, written as packed rows of a left matrix.
@_alwaysEmitIntoClient @inline(__always)
func depthwise<V: FloatVector, Reader: ElementReader>(
    _: V.Type, _: Reader.Type, _ convolution: DepthwiseConvolution, _ part: OperandPart
) {
    if convolution.geometry.stride == 2 {
        for y in part.rows {
            let places = part.places + (y - part.rows.lowerBound) * convolution.geometry.outputWidth
            var block = part.blocks.lowerBound
            while block < part.blocks.upperBound {
                let channel = part.firstChannel + block * V.lanes
                if block + 2 <= part.blocks.upperBound {
                    stridedDepthwiseRow(
                        V.self, Reader.self, vectors: 2, convolution, y: y, channel: channel, block: block, places: places,
                        output: part.output)
                } else {
                    stridedDepthwiseRow(
                        V.self, Reader.self, vectors: 1, convolution, y: y, channel: channel, block: block, places: places,
                        output: part.output)
                }
                block += 2
            }
        }
    } else if convolution.bias == nil {
        depthwise(V.self, Reader.self, PlainSums.self, convolution, part)
    } else {
        depthwise(V.self, Reader.self, BiasedSums.self, convolution, part)
    }
}

/// The rows of stride 1.
@_alwaysEmitIntoClient @inline(__always)
func depthwise<V: FloatVector, Reader: ElementReader, Sums: DepthwiseSums>(
    _: V.Type, _: Reader.Type, _: Sums.Type, _ convolution: DepthwiseConvolution, _ part: OperandPart
) {
    for block in part.blocks {
        let channel = part.firstChannel + block * V.lanes
        var places = part.places
        var y = part.rows.lowerBound
        while y + 2 <= part.rows.upperBound {
            depthwiseRows(
                V.self, Reader.self, Sums.self, isPair: true, convolution, y: y, channel: channel, block: block,
                places: places, output: part.output)
            y += 2
            places += 2 * convolution.input.width
        }
        if y < part.rows.upperBound {
            depthwiseRows(
                V.self, Reader.self, Sums.self, isPair: false, convolution, y: y, channel: channel, block: block,
                places: places, output: part.output)
        }
    }
}
