import Images

/// A class activation map made a picture: enlarged to the network's input by bicubic convolution, and smoothed along
/// the edges in it.
package struct Evidence: Sendable {
    /// 0 is no evidence, or evidence against the class.
    private let plane: FloatPlane
    private let part: PhotoPart

    /// Half the side of the filter's windows, as a part of the input's side, and the variance that is an edge: those by
    /// which maps lay best on 36 objects that were pasted into photos.
    private static let radius = 32.0 / 299
    private static let epsilon = 0.01

    /// - Parameters:
    ///   - map: of a class: ``ClassActivationMap/plane``.
    ///   - largest: the value that becomes 1.
    ///   - guide: luma of the network's input.
    ///   - part: the part of the photo that the input covers.
    package init(_ map: FloatPlane, largest: Float, guide: FloatPlane, part: PhotoPart) {
        let radius = max(1, Int((Self.radius * Double(guide.width)).rounded()))
        let filter = GuidedFilter(radius: radius, epsilon: Self.epsilon)
        let smooth = filter(map.enlarged(width: guide.width, height: guide.height), guide: guide)
        plane = FloatPlane(
            width: guide.width, height: guide.height,
            values: smooth.values.map { largest > 0 ? min(max($0 / largest, 0), 1) : 0 })
        self.part = part
    }

    /// The photo in the colours of its evidence, where the network saw it.
    ///
    /// - Parameter photo: of any size.
    /// - Throws: ``ImageError/outOfMemory``.
    package func overlay(_ photo: RGBImage) throws(ImageError) -> RGBImage {
        let buffer = try ImageBuffer<UInt8>(count: photo.width * photo.height * 3)
        let target = buffer.elements
        photo.withPixels { pixels in
            _ = target.update(from: pixels)
            visit(width: photo.width, height: photo.height) { pixel, value in
                let (color, opacity) = (ColorScale.evidence[value], Self.opacity(value))
                for channel in 0..<3 {
                    let below = Float(pixels[3 * pixel + channel])
                    target[3 * pixel + channel] = UInt8((below + (Float(color[channel]) - below) * opacity).rounded())
                }
            }
        }
        return RGBImage(width: photo.width, height: photo.height, buffer: buffer)
    }

    /// The colours alone, to lie over the photo: `[height x width x 4]`, transparent where the network did not see it.
    package func rgba(width: Int, height: Int) -> [UInt8] {
        var pixels = [UInt8](repeating: 0, count: width * height * 4)
        visit(width: width, height: height) { pixel, value in
            let color = ColorScale.evidence[value]
            for channel in 0..<3 { pixels[4 * pixel + channel] = color[channel] }
            pixels[4 * pixel + 3] = UInt8((255 * Self.opacity(value)).rounded())
        }
        return pixels
    }

    /// The opacity: most of the photo shows through where there is no evidence.
    private static func opacity(_ value: Float) -> Float { 0.15 + 0.7 * value }

    /// Calls `body` with each pixel of a picture of the photo that the network saw, and the evidence there.
    private func visit(width: Int, height: Int, _ body: (_ pixel: Int, _ value: Float) -> Void) {
        let columns = Taps(
            count: width, of: part.photoWidth, start: part.left, length: part.width, samples: plane.width)
        let rows = Taps(
            count: height, of: part.photoHeight, start: part.top, length: part.height, samples: plane.height)
        for (y, row) in zip(rows.range, rows.taps) {
            let (above, below) = (row.first * plane.width, row.second * plane.width)
            for (x, column) in zip(columns.range, columns.taps) {
                func value(_ start: Int) -> Float {
                    let (first, second) = (plane.values[start + column.first], plane.values[start + column.second])
                    return first + (second - first) * column.share
                }
                let upper = value(above)
                body(y * width + x, upper + (value(below) - upper) * row.share)
            }
        }
    }
}

/// The places of a picture's pixels among the samples of a plane that lies over a part of it, along one axis.
private struct Taps {
    /// Pixels whose centre is in the part.
    let range: Range<Int>
    /// Of each pixel of ``range``: the two nearest samples, and the second one's share.
    let taps: [(first: Int, second: Int, share: Float)]

    /// - Parameters:
    ///   - count: pixels of the picture.
    ///   - size: the photo's pixels, in which the part begins at `start` and has a length.
    init(count: Int, of size: Int, start: Double, length: Double, samples: Int) {
        func position(_ pixel: Int) -> Double {
            ((Double(pixel) + 0.5) * Double(size) / Double(count) - start) / length
        }
        let seen = (0..<count).filter { (0..<1).contains(position($0)) }
        range = (seen.first ?? 0)..<(seen.last.map { $0 + 1 } ?? 0)
        taps = seen.map { pixel in
            let place = min(max(position(pixel) * Double(samples) - 0.5, 0), Double(samples - 1))
            let first = Int(place)
            return (first, min(first + 1, samples - 1), Float(place - Double(first)))
        }
    }
}
