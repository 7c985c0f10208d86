import CSIMD

/// 3x3 depthwise convolution, stride 1, padding "same", of image rows `rows`, written as
/// channel blocks `blocks` of packed rows of a left matrix.
///
/// - Parameters:
///   - weights: `[9 x channels]`, padded by a vector.
///   - inPairs: compute two image rows at a time, for which 16 registers are too few.
///   - firstChannel: the channel that block 0 begins with.
///   - packed: one entry for each pixel from `rows.lowerBound` on.
@_alwaysEmitIntoClient @inline(__always)
func depthwise<V: FloatVector, Reader: ElementReader>(
    _: V.Type, _: Reader.Type, inPairs: Bool, input: FeatureMap, weights: UnsafePointer<Float>, rows: Range<Int>,
    firstChannel: Int, blocks: Range<Int>, packed: UnsafePointer<PackedRow>, output: UnsafeMutablePointer<Float>
) {
    for block in blocks {
        let channel = firstChannel + block * V.lanes
        var packed = packed
        var y = rows.lowerBound
        if inPairs {
            while y + 2 <= rows.upperBound {
                depthwiseRows(
                    V.self, Reader.self, isPair: true, input: input, weights: weights, y: y, channel: channel,
                    block: block, packed: packed, output: output)
                y += 2
                packed += 2 * input.width
            }
        }
        while y < rows.upperBound {
            depthwiseRows(
                V.self, Reader.self, isPair: false, input: input, weights: weights, y: y, channel: channel,
                block: block, packed: packed, output: output)
            y += 1
            packed += input.width
        }
    }
}

/// One vector of channels of image row `y`, or of it and the next.
///
/// Sliding along the rows, each loaded vector meets all the weights it belongs to: 3 loads and 9
/// multiply-adds an output, or in a pair 2 loads.
@_alwaysEmitIntoClient @inline(__always)
func depthwiseRows<V: FloatVector, Reader: ElementReader>(
    _: V.Type, _: Reader.Type, isPair: Bool, input: FeatureMap, weights: UnsafePointer<Float>, y: Int, channel: Int,
    block: Int, packed: UnsafePointer<PackedRow>, output: UnsafeMutablePointer<Float>
) {
    let pixelStride = input.pixelStride
    let rowStride = input.width * pixelStride
    let tapStride = input.channels
    let last = isPair ? y + 1 : y
    // Rows outside the image count as zero: their weights are, and some row is read.
    let hasAbove = y > 0
    let hasBelow = last + 1 < input.height
    let column = UnsafeRawPointer(input.base) + channel * Reader.size
    let above = column + (hasAbove ? y - 1 : y) * rowStride
    let upper = column + y * rowStride
    let lower = column + last * rowStride
    let below = column + (hasBelow ? last + 1 : last) * rowStride
    let weights = weights + channel
    let w00 = V.load(weights), w01 = V.load(weights + tapStride), w02 = V.load(weights + 2 * tapStride)
    let w10 = V.load(weights + 3 * tapStride), w11 = V.load(weights + 4 * tapStride), w12 = V.load(weights + 5 * tapStride)
    let w20 = V.load(weights + 6 * tapStride), w21 = V.load(weights + 7 * tapStride), w22 = V.load(weights + 8 * tapStride)
    let above0 = hasAbove ? w00 : V.zero, above1 = hasAbove ? w01 : V.zero, above2 = hasAbove ? w02 : V.zero
    let below0 = hasBelow ? w20 : V.zero, below1 = hasBelow ? w21 : V.zero, below2 = hasBelow ? w22 : V.zero

    // Sums of the outputs left of the current column, and of those at it.
    var upperLeft = V.zero, upperHere = V.zero
    var lowerLeft = V.zero, lowerHere = V.zero
    func store(_ x: Int) {
        func place(_ row: PackedRow) -> UnsafeMutablePointer<Float> { output + row.word(block: block) }
        upperLeft.store(place(packed[x]))
        if isPair { lowerLeft.store(place(packed[input.width + x])) }
    }
    for x in 0..<input.width {
        let offset = x * pixelStride
        func value(_ row: UnsafeRawPointer) -> V { Reader.load(V.self, row + offset) }
        // The next block ends in the next cache line of each pixel, pixels far apart.
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
            upperHere = (a * above0).adding(b, times: w10).adding(c, times: w20)
            lowerHere = (b * w00).adding(c, times: w10).adding(d, times: below0)
        } else {
            upperLeft = upperLeft.adding(a, times: above2).adding(b, times: w12).adding(d, times: below2)
            if x > 0 { store(x - 1) }
            upperLeft = upperHere.adding(a, times: above1).adding(b, times: w11).adding(d, times: below1)
            upperHere = (a * above0).adding(b, times: w10).adding(d, times: below0)
        }
    }
    store(input.width - 1)
}
