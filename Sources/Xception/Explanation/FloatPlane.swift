/// A picture of one 32-bit float per pixel, rows top to bottom.
package struct FloatPlane: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// `[height x width]`
    package let values: [Float]

    package init(width: Int, height: Int, values: [Float]) {
        precondition(width > 0 && height > 0 && values.count == width * height)
        self.width = width
        self.height = height
        self.values = values
    }

    package var largest: Float { values.max()! }
    package var largestMagnitude: Float { values.map(\.magnitude).max()! }

    /// Enlarges the plane by bicubic convolution (Keys 1981, a = -0.5), as Pillow's BICUBIC in mode F.
    ///
    /// - Precondition: neither side becomes smaller.
    package func enlarged(width: Int, height: Int) -> FloatPlane {
        precondition(width >= self.width && height >= self.height)
        let columns = Self.taps(from: self.width, to: width), rows = Self.taps(from: self.height, to: height)
        var wide = [Float](repeating: 0, count: width * self.height)
        for y in 0..<self.height {
            for (x, taps) in columns.enumerated() {
                wide[y * width + x] = Float(
                    taps.reduce(0.0) { $0 + $1.weight * Double(values[y * self.width + $1.index]) })
            }
        }
        var result = [Float](repeating: 0, count: width * height)
        for (y, taps) in rows.enumerated() {
            for x in 0..<width {
                result[y * width + x] = Float(taps.reduce(0.0) { $0 + $1.weight * Double(wide[$1.index * width + x]) })
            }
        }
        return FloatPlane(width: width, height: height, values: result)
    }

    private static func taps(from count: Int, to length: Int) -> [[(index: Int, weight: Double)]] {
        let scale = Double(count) / Double(length)
        return (0..<length).map { position in
            let center = (Double(position) + 0.5) * scale
            let first = max(0, Int((center - 2 + 0.5).rounded(.down))),
                end = min(count, Int((center + 2 + 0.5).rounded(.down)))
            let weights = (first..<end).map { cubic(Double($0) - center + 0.5) }
            let sum = weights.reduce(0, +)
            return zip(first..<end, weights).map { ($0, $1 / sum) }
        }
    }

    private static func cubic(_ distance: Double) -> Double {
        let x = abs(distance)
        if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
        return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
    }
}
