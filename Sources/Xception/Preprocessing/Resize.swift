import ImageCodecs

/// Resizes as Pillow 13's `Image.resize` does, to the bit: antialiased, in fixed point, along one
/// axis after the other with 8-bit samples between; `.nearest` takes the sample under each
/// output pixel's centre.
///
/// Pillow 13 resizes columns first where that loses more than twice as many rows as it loses
/// columns; Pillow 12 did so only for pictures a hundred times as tall as wide. The two differ
/// in the rounding between the passes, and we follow the newer.
///
/// - Parameters:
///   - image: `[height x width x 3]`; what its `columns` and `rows` cover becomes the result, as with
///     Pillow's `box`.
///   - width: Of the result, at least 1; `height` likewise.
/// - Complexity: O(output width x input height x taps), taps being about
///   2 x filter support x reduction.
public func resize(_ image: RGBImage, width: Int, height: Int, filter: ResampleFilter) -> RGBImage {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    return resize(image, width: width, height: height, filter: filter, columns: 0..<width, rows: 0..<height)
}

/// The part `columns` x `rows` of a resized image; the rest is not computed.
func resize(
    _ image: RGBImage, width: Int, height: Int, filter: ResampleFilter, columns: Range<Int>, rows: Range<Int>
) -> RGBImage {
    if filter == .nearest { return resizeNearest(image, width: width, height: height, columns: columns, rows: rows) }
    let horizontal = ResampleWeights(
        filter: filter, from: image.width, covered: image.columns, to: width, outputs: columns)
    let vertical = ResampleWeights(filter: filter, from: image.height, covered: image.rows, to: height, outputs: rows)
    let columnsFirst = image.height - height > max(0, 2 * (image.width - width))
    return columnsFirst
        ? resampleRows(resampleColumns(image, vertical, firstRow: 0), horizontal, rows: 0..<rows.count)
        : resampleColumns(
            resampleRows(image, horizontal, rows: vertical.sources), vertical, firstRow: vertical.sources.lowerBound)
}

private let half = Int32(1) << (ResampleWeights.fractionBits - 1)

/// The horizontal pass over `rows` of the image.
private func resampleRows(_ image: RGBImage, _ weights: ResampleWeights, rows: Range<Int>) -> RGBImage {
    let width = weights.starts.count
    let rowSize = image.width * 3, count = width * rows.count * 3
    // A pixel is loaded as 4 bytes, of which the last would lie behind the last row.
    let lastRow = image.pixels[(rows.upperBound - 1) * rowSize..<rows.upperBound * rowSize] + [0]
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { out, initialized in
        image.pixels.withUnsafeBytes { source in
            for (y, row) in rows.dropLast().enumerated() {
                resampleRow(source.baseAddress! + row * rowSize, to: out.baseAddress! + y * width * 3, width, weights)
            }
        }
        lastRow.withUnsafeBytes { lastRow in
            resampleRow(lastRow.baseAddress!, to: out.baseAddress! + (rows.count - 1) * width * 3, width, weights)
        }
        initialized = count
    }
    return RGBImage(width: width, height: rows.count, pixels: pixels)
}

private func resampleRow(
    _ source: UnsafeRawPointer, to target: UnsafeMutablePointer<UInt8>, _ width: Int, _ weights: ResampleWeights
) {
    weights.fixedPoint.withUnsafeBufferPointer { fixedPoint in
        for x in 0..<width {
            var sum = SIMD4<Int32>(repeating: half)
            let first = source + weights.starts[x] * 3
            let taps = fixedPoint.baseAddress! + x * weights.tapCount
            for tap in 0..<weights.counts[x] {
                let pixel = (first + tap * 3).loadUnaligned(as: SIMD4<UInt8>.self)
                sum &+= SIMD4<Int32>(truncatingIfNeeded: pixel) &* taps[tap]
            }
            for channel in 0..<3 {
                target[x * 3 + channel] = UInt8(clamping: sum[channel] >> ResampleWeights.fractionBits)
            }
        }
    }
}

/// The vertical pass over an image that begins with row `firstRow` of what `weights` were made for.
private func resampleColumns(_ image: RGBImage, _ weights: ResampleWeights, firstRow: Int) -> RGBImage {
    let height = weights.starts.count
    let rowSize = image.width * 3, count = height * rowSize
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { out, initialized in
        image.pixels.withUnsafeBytes { source in
            weights.fixedPoint.withUnsafeBufferPointer { fixedPoint in
                for y in 0..<height {
                    let source = source.baseAddress! + (weights.starts[y] - firstRow) * rowSize
                    let target = UnsafeMutableRawPointer(out.baseAddress! + y * rowSize)
                    let taps = UnsafeBufferPointer(
                        rebasing: fixedPoint[y * weights.tapCount..<y * weights.tapCount + weights.counts[y]])
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
            }
        }
        initialized = count
    }
    return RGBImage(width: image.width, height: height, pixels: pixels)
}

/// Sixteen samples of an output row: one from each column of the rows below `source`.
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

/// Pillow's `ImagingScaleAffine` (Geometry.c): source positions are summed up step by step, so
/// that they carry the same rounding errors. A position outside the source would stay black.
private func resizeNearest(
    _ image: RGBImage, width: Int, height: Int, columns: Range<Int>, rows: Range<Int>
) -> RGBImage {
    func positions(covered: Range<Double>, to outputSize: Int, outputs: Range<Int>) -> [Int] {
        let step = (covered.upperBound - covered.lowerBound) / Double(outputSize)
        var position = covered.lowerBound + step * 0.5
        for _ in 0..<outputs.lowerBound { position += step }
        return outputs.map { _ in
            defer { position += step }
            return Int(position)
        }
    }
    let sourceColumns = positions(covered: image.columns, to: width, outputs: columns)
    let sourceRows = positions(covered: image.rows, to: height, outputs: rows)
    var pixels = [UInt8](repeating: 0, count: columns.count * rows.count * 3)
    for (y, row) in sourceRows.enumerated() where row < image.height {
        for (x, column) in sourceColumns.enumerated() where column < image.width {
            let read = (row * image.width + column) * 3, write = (y * columns.count + x) * 3
            pixels[write] = image.pixels[read]
            pixels[write + 1] = image.pixels[read + 1]
            pixels[write + 2] = image.pixels[read + 2]
        }
    }
    return RGBImage(width: columns.count, height: rows.count, pixels: pixels)
}
