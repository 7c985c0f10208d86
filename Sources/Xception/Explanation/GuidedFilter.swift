/// Smooths a plane along the edges of a guide (He, Sun and Tang 2010).
package struct GuidedFilter {
    /// Half the side of the windows, in pixels.
    package var radius: Int
    /// Variance of the guide, on a scale where white is 1, that counts as an edge.
    package var epsilon: Double

    package init(radius: Int, epsilon: Double) {
        self.radius = radius
        self.epsilon = epsilon
    }

    /// Filters a plane.
    ///
    /// - Parameter guide: a plane of the same size.
    package func callAsFunction(_ plane: FloatPlane, guide: FloatPlane) -> FloatPlane {
        precondition(plane.width == guide.width && plane.height == guide.height)
        let p = plane.values.map { Double($0) }, i = guide.values.map { Double($0) }
        func mean(_ values: [Double]) -> [Double] { boxMean(values, width: plane.width, height: plane.height) }
        let (meanI, meanP) = (mean(i), mean(p))
        let products = mean(zip(i, p).map { $0 * $1 }), squares = mean(i.map { $0 * $0 })
        let slope = meanI.indices.map { index in
            (products[index] - meanI[index] * meanP[index]) / (squares[index] - meanI[index] * meanI[index] + epsilon)
        }
        let offset = meanI.indices.map { meanP[$0] - slope[$0] * meanI[$0] }
        let (meanSlope, meanOffset) = (mean(slope), mean(offset))
        return FloatPlane(
            width: plane.width, height: plane.height,
            values: i.indices.map { Float(meanSlope[$0] * i[$0] + meanOffset[$0]) })
    }

    /// Returns the mean over the window around each pixel, clipped at the picture's edges.
    private func boxMean(_ values: [Double], width: Int, height: Int) -> [Double] {
        var sums = [Double](repeating: 0, count: (width + 1) * (height + 1))
        for y in 0..<height {
            var line = 0.0
            for x in 0..<width {
                line += values[y * width + x]
                sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + line
            }
        }
        return (0..<width * height).map { place in
            let (x, y) = (place % width, place / width)
            let (left, right) = (max(0, x - radius), min(width, x + radius + 1))
            let (top, bottom) = (max(0, y - radius), min(height, y + radius + 1))
            let sum = sums[bottom * (width + 1) + right] - sums[top * (width + 1) + right]
                - sums[bottom * (width + 1) + left] + sums[top * (width + 1) + left]
            return sum / Double((right - left) * (bottom - top))
        }
    }
}
