extension RGBImage {
    /// Resizes as Pillow 13's `Image.resize` does, to the bit: antialiased, in fixed point, along one axis after the
    /// other with 8-bit samples between; `.nearest` takes the sample under each output pixel's centre. The part that
    /// ``box`` covers becomes the result.
    ///
    /// Pillow 13 resizes columns first if that loses more than twice as many rows as it loses columns; Pillow 12 did so
    /// only for pictures a hundred times as tall as wide. The two differ in the rounding between the passes; this
    /// follows the newer.
    ///
    /// - Parameters:
    ///   - width: the result's width, at least 1; `height` likewise.
    /// - Throws: ``ImageError/outOfMemory``.
    /// - Complexity: O(output width x input height x taps), taps being about 2 x filter support x reduction.
    package func resized(width: Int, height: Int, filter: ResampleFilter) throws(ImageError) -> RGBImage {
        precondition(width > 0 && height > 0, "an image has at least one pixel")
        return try resized(width: width, height: height, filter: filter, columns: 0..<width, rows: 0..<height)
    }

    /// The part `columns` x `rows` of a resized image; the rest is not computed.
    package func resized(
        width: Int, height: Int, filter: ResampleFilter, columns: Range<Int>, rows: Range<Int>
    ) throws(ImageError) -> RGBImage {
        if filter == .nearest { return try resizedNearest(width: width, height: height, columns: columns, rows: rows) }
        let horizontal = try ResampleWeights(
            filter: filter, from: self.width, covered: box.columns, to: width, outputs: columns)
        let vertical = try ResampleWeights(
            filter: filter, from: self.height, covered: box.rows, to: height, outputs: rows)
        let columnsFirst = self.height - height > max(0, 2 * (self.width - width))
        return columnsFirst
            ? try resampledVertically(vertical, firstRow: 0).resampledHorizontally(horizontal, rows: 0..<rows.count)
            : try resampledHorizontally(horizontal, rows: vertical.sources)
                .resampledVertically(vertical, firstRow: vertical.sources.lowerBound)
    }

    /// The horizontal pass over some rows.
    private func resampledHorizontally(_ weights: ResampleWeights, rows: Range<Int>) throws(ImageError) -> RGBImage {
        let outputWidth = weights.starts.count
        let out = try ImageBuffer<UInt8>(count: outputWidth * rows.count * 3)
        withPixels { source in
            for (y, row) in rows.enumerated() {
                resampleRow(
                    UnsafeRawPointer(source.baseAddress! + row * width * 3), to: out.start + y * outputWidth * 3,
                    weights)
            }
        }
        return RGBImage(width: outputWidth, height: rows.count, buffer: out)
    }

    /// The vertical pass over an image that begins with row `firstRow` of the image that `weights` were made for.
    private func resampledVertically(_ weights: ResampleWeights, firstRow: Int) throws(ImageError) -> RGBImage {
        let rowSize = width * 3, outputHeight = weights.starts.count
        let out = try ImageBuffer<UInt8>(count: outputHeight * rowSize)
        withPixels { source in
            for y in 0..<outputHeight {
                resampleColumns(
                    UnsafeRawPointer(source.baseAddress! + (weights.starts[y] - firstRow) * rowSize), rowSize: rowSize,
                    to: UnsafeMutableRawPointer(out.start + y * rowSize), taps: weights.taps(of: y))
            }
        }
        return RGBImage(width: width, height: outputHeight, buffer: out)
    }

    /// Pillow's `ImagingScaleAffine` (Geometry.c): source positions are summed up step by step, with the same rounding
    /// errors, hence also from the first position on. A position outside the source would stay black.
    private func resizedNearest(
        width: Int, height: Int, columns: Range<Int>, rows: Range<Int>
    ) throws(ImageError) -> RGBImage {
        func positions(covered: Range<Double>, to outputSize: Int, outputs: Range<Int>) -> [Int] {
            let step = (covered.upperBound - covered.lowerBound) / Double(outputSize)
            var position = covered.lowerBound + step * 0.5
            for _ in 0..<outputs.lowerBound { position += step }
            return outputs.map { _ in
                defer { position += step }
                return Int(position)
            }
        }
        let sourceColumns = positions(covered: box.columns, to: width, outputs: columns)
        let sourceRows = positions(covered: box.rows, to: height, outputs: rows)
        let out = try ImageBuffer<UInt8>(count: columns.count * rows.count * 3)
        withPixels { source in
            for (y, row) in sourceRows.enumerated() where row < self.height {
                for (x, column) in sourceColumns.enumerated() where column < self.width {
                    let read = (row * self.width + column) * 3, write = (y * columns.count + x) * 3
                    for channel in 0..<3 { out.start[write + channel] = source[read + channel] }
                }
            }
        }
        return RGBImage(width: columns.count, height: rows.count, buffer: out)
    }
}

private let half = Int32(1) << (ResampleWeights.fractionBits - 1)

/// Computes one output row. A pixel is read as four bytes, the last one's with a byte of the buffer's slack.
private func resampleRow(
    _ source: UnsafeRawPointer, to target: UnsafeMutablePointer<UInt8>, _ weights: ResampleWeights
) {
    for x in weights.starts.indices {
        var sum = SIMD4<Int32>(repeating: half)
        let first = source + weights.starts[x] * 3
        let taps = weights.taps(of: x)
        for tap in taps.indices {
            let pixel = (first + tap * 3).loadUnaligned(as: SIMD4<UInt8>.self)
            sum &+= SIMD4<Int32>(truncatingIfNeeded: pixel) &* taps[tap]
        }
        for channel in 0..<3 {
            target[x * 3 + channel] = UInt8(clamping: sum[channel] >> ResampleWeights.fractionBits)
        }
    }
}

/// Computes one output row from the rows at and below `source`, one per tap.
private func resampleColumns(
    _ source: UnsafeRawPointer, rowSize: Int, to target: UnsafeMutableRawPointer, taps: UnsafeBufferPointer<Int32>
) {
    var offset = 0
    while offset + 16 <= rowSize {
        let samples = weightedSum(source + offset, stride: rowSize, taps)
        target.storeBytes(of: samples, toByteOffset: offset, as: SIMD16<UInt8>.self)
        offset += 16
    }
    while offset < rowSize {
        var sum = half
        for (tap, weight) in taps.enumerated() {
            sum &+= Int32(source.load(fromByteOffset: tap * rowSize + offset, as: UInt8.self)) &* weight
        }
        let sample = UInt8(clamping: sum >> ResampleWeights.fractionBits)
        target.storeBytes(of: sample, toByteOffset: offset, as: UInt8.self)
        offset += 1
    }
}

/// Computes sixteen samples of an output row, each from its column in the rows below `source`.
@inline(__always)
private func weightedSum(_ source: UnsafeRawPointer, stride: Int, _ taps: UnsafeBufferPointer<Int32>) -> SIMD16<UInt8> {
    var sum = SIMD16<Int32>(repeating: half)
    for tap in taps.indices {
        let samples = source.loadUnaligned(fromByteOffset: tap * stride, as: SIMD16<UInt8>.self)
        sum &+= SIMD16<Int32>(truncatingIfNeeded: samples) &* taps[tap]
    }
    // Clamped to 0...255 by sign masks: comparisons of whole vectors are not inlined here.
    sum &>>= ResampleWeights.fractionBits
    sum &= ~(sum &>> 31)
    let excess = 255 &- sum
    return SIMD16<UInt8>(truncatingIfNeeded: 255 &- (excess & ~(excess &>> 31)))
}
