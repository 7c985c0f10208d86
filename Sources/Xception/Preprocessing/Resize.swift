import ImageCodecs

/// Resizes as Pillow's `Image.resize` does, to the bit: antialiased, in fixed point, first along
/// rows, then along columns, with 8-bit samples between; `.nearest` takes the sample under each
/// output pixel's centre.
///
/// - Parameters:
///   - image: `[height x width x 3]`.
///   - width: Of the result, at least 1; `height` likewise.
/// - Complexity: O(output width x input height x taps), taps being about
///   2 x filter support x reduction.
public func resize(_ image: RGBImage, width: Int, height: Int, filter: ResampleFilter) -> RGBImage {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    if image.width == width && image.height == height { return image }
    if filter == .nearest { return resizeNearest(image, width: width, height: height) }

    let vertical = ResampleWeights(filter: filter, from: image.height, to: height)
    // Rows that no output row reads are not resized along.
    let rows = height == image.height ? 0..<height : vertical.starts[0]..<vertical.starts[height - 1] + vertical.counts[height - 1]
    var pixels = image.pixels
    if width != image.width {
        let horizontal = ResampleWeights(filter: filter, from: image.width, to: width)
        pixels = resampleRows(pixels, width: image.width, rows: rows, to: width, horizontal)
    }
    if height != image.height {
        let firstRow = width == image.width ? 0 : rows.lowerBound
        pixels = resampleColumns(pixels, rowSize: width * 3, firstRow: firstRow, to: height, vertical)
    }
    return RGBImage(width: width, height: height, pixels: pixels)
}

private let half = Int32(1) << (ResampleWeights.fractionBits - 1)

/// The horizontal pass over `rows`. Result: `[rows.count x outputWidth x 3]`.
private func resampleRows(
    _ pixels: [UInt8], width: Int, rows: Range<Int>, to outputWidth: Int, _ weights: ResampleWeights
) -> [UInt8] {
    let count = rows.count * outputWidth * 3
    // A pixel is loaded as 4 bytes, of which the last may lie behind the last row.
    var lastRow = Array(pixels[(rows.upperBound - 1) * width * 3..<rows.upperBound * width * 3])
    lastRow.append(0)
    return [UInt8](unsafeUninitializedCapacity: count) { out, initialized in
        pixels.withUnsafeBytes { pixels in
            lastRow.withUnsafeBytes { lastRow in
                for y in rows {
                    let isLast = y == rows.upperBound - 1
                    let source = isLast ? lastRow.baseAddress! : pixels.baseAddress! + y * width * 3
                    let target = out.baseAddress! + (y - rows.lowerBound) * outputWidth * 3
                    resampleRow(source, to: target, outputWidth, weights)
                }
            }
        }
        initialized = count
    }
}

@inline(__always)
private func resampleRow(
    _ source: UnsafeRawPointer, to target: UnsafeMutablePointer<UInt8>, _ outputWidth: Int, _ weights: ResampleWeights
) {
    weights.fixedPoint.withUnsafeBufferPointer { fixedPoint in
        for x in 0..<outputWidth {
            var sum = SIMD4<Int32>(repeating: half)
            let first = source + weights.starts[x] * 3
            let taps = fixedPoint.baseAddress! + x * weights.tapCount
            for tap in 0..<weights.counts[x] {
                let pixel = (first + tap * 3).loadUnaligned(as: SIMD4<UInt8>.self)
                sum &+= SIMD4<Int32>(truncatingIfNeeded: pixel) &* taps[tap]
            }
            let rounded = (sum &>> ResampleWeights.fractionBits).clamped(lowerBound: .zero, upperBound: .init(repeating: 255))
            target[x * 3] = UInt8(truncatingIfNeeded: rounded[0])
            target[x * 3 + 1] = UInt8(truncatingIfNeeded: rounded[1])
            target[x * 3 + 2] = UInt8(truncatingIfNeeded: rounded[2])
        }
    }
}

/// The vertical pass. `pixels` begin at row `firstRow` of the source. Result: `[outputHeight x rowSize]`.
private func resampleColumns(
    _ pixels: [UInt8], rowSize: Int, firstRow: Int, to outputHeight: Int, _ weights: ResampleWeights
) -> [UInt8] {
    let count = outputHeight * rowSize
    return [UInt8](unsafeUninitializedCapacity: count) { out, initialized in
        pixels.withUnsafeBytes { pixels in
            weights.fixedPoint.withUnsafeBufferPointer { fixedPoint in
                for y in 0..<outputHeight {
                    let source = pixels.baseAddress! + (weights.starts[y] - firstRow) * rowSize
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
}

/// Sixteen samples of an output row: one from each column of the rows below `source`.
@inline(__always)
private func weightedSum(_ source: UnsafeRawPointer, stride: Int, _ taps: UnsafeBufferPointer<Int32>) -> SIMD16<UInt8> {
    var sum = SIMD16<Int32>(repeating: half)
    for tap in taps.indices {
        let samples = source.loadUnaligned(fromByteOffset: tap * stride, as: SIMD16<UInt8>.self)
        sum &+= SIMD16<Int32>(truncatingIfNeeded: samples) &* taps[tap]
    }
    let rounded = sum &>> ResampleWeights.fractionBits
    return SIMD16<UInt8>(truncatingIfNeeded: rounded.clamped(lowerBound: .zero, upperBound: .init(repeating: 255)))
}

/// Pillow's `ImagingScaleAffine` (Geometry.c): source positions are summed up step by step, so
/// that they carry the same rounding errors. A position outside the source would stay black.
private func resizeNearest(_ image: RGBImage, width: Int, height: Int) -> RGBImage {
    func positions(from inputSize: Int, to outputSize: Int) -> [Int] {
        let step = Double(inputSize) / Double(outputSize)
        var position = step * 0.5
        return (0..<outputSize).map { _ in
            defer { position += step }
            return Int(position)
        }
    }
    let columns = positions(from: image.width, to: width), rows = positions(from: image.height, to: height)
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    for (y, row) in rows.enumerated() where row < image.height {
        for (x, column) in columns.enumerated() where column < image.width {
            let read = (row * image.width + column) * 3, write = (y * width + x) * 3
            pixels[write] = image.pixels[read]
            pixels[write + 1] = image.pixels[read + 1]
            pixels[write + 2] = image.pixels[read + 2]
        }
    }
    return RGBImage(width: width, height: height, pixels: pixels)
}
