/// The part of a photo that the network sees, in pixels of the upright photo.
package struct PhotoPart: Sendable, Equatable {
    package let left: Double
    package let top: Double
    package let width: Double
    package let height: Double
    /// The photo's own size.
    let photoWidth: Int
    let photoHeight: Int

    /// The pixels of a rectangle in a grid that lies over the part: left, top, width and height.
    ///
    /// - Parameters:
    ///   - columns: of the grid; `rows` likewise.
    ///   - size: of the grid.
    package func pixels(columns: Range<Int>, rows: Range<Int>, of size: (columns: Int, rows: Int)) -> [Int] {
        func place(_ index: Int, _ count: Int, _ start: Double, _ length: Double) -> Int {
            Int((start + length * Double(index) / Double(count)).rounded())
        }
        let x = place(columns.lowerBound, size.columns, left, width), y = place(rows.lowerBound, size.rows, top, height)
        let right = place(columns.upperBound, size.columns, left, width)
        let bottom = place(rows.upperBound, size.rows, top, height)
        return [x, y, right - x, bottom - y]
    }
}

extension Preprocessor {
    /// The part of a photo that is in the first view.
    package func part(ofWidth width: Int, height: Int) -> PhotoPart {
        var (part, left, top) = ((width: Double(width), height: Double(height)), 0.0, 0.0)
        if case .centerCrop(let shorterSide) = resize {
            let side = Double(size) / Double(shorterSide) * Double(min(width, height))
            (part, left, top) = ((side, side), (Double(width) - side) / 2, (Double(height) - side) / 2)
        }
        return PhotoPart(
            left: left, top: top, width: part.width, height: part.height, photoWidth: width, photoHeight: height)
    }

    /// The luma (ITU-R BT.601) of what the network sees in the first view, on the scale where white is 1.
    package func luma(of input: InputTensor) -> FloatPlane {
        let weights = SIMD3<Float>(0.299, 0.587, 0.114)
        let (mean, std) = (SIMD3(mean), SIMD3(std))
        let values = input.withValues { values in
            (0..<input.width * input.height).map { pixel -> Float in
                let sample = SIMD3(values[3 * pixel], values[3 * pixel + 1], values[3 * pixel + 2])
                return (weights * (sample * std + mean)).sum()
            }
        }
        return FloatPlane(width: input.width, height: input.height, values: values)
    }
}
