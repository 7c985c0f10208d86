/// The evidence for a class at each place of an image: the class activation map (Zhou et al. 2016), or Grad-CAM
/// (Selvaraju et al. 2017) through hidden layers, whose ReLU of the map is left to the caller.
///
/// A place's value is its contribution to the logit: the logit is the mean of the map plus ``bias``.
package struct ClassActivationMap: Sendable, Equatable {
    package let plane: FloatPlane
    package let bias: Float

    /// Computes the map.
    ///
    /// - Parameters:
    ///   - map: the last feature map.
    ///   - gradient: the class's gradient at the map's mean.
    package init(_ map: FeatureTensor, _ gradient: (weights: [Float], bias: Float)) {
        precondition(gradient.weights.count == map.channels)
        let values = (0..<map.height * map.width).map { place in
            let first = place * map.channels
            return Float(
                (0..<map.channels).reduce(0.0) { $0 + Double(map.values[first + $1]) * Double(gradient.weights[$1]) })
        }
        plane = FloatPlane(width: map.width, height: map.height, values: values)
        bias = gradient.bias
    }

    /// The smallest rectangle around the strongest region: connected places that include the largest value, each with
    /// at least half of it.
    ///
    /// - Returns: ranges of places; nil if there is no evidence for the class.
    package var strongestRegion: (columns: Range<Int>, rows: Range<Int>)? {
        guard let peak = plane.values.indices.max(by: { plane.values[$0] < plane.values[$1] }), plane.values[peak] > 0
        else { return nil }
        let bar = plane.values[peak] / 2
        var seen: Set<Int> = [peak]
        var rest = [peak]
        while let place = rest.popLast() {
            let (x, y) = (place % plane.width, place / plane.width)
            for (column, row) in [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)]
            where (0..<plane.width).contains(column) && (0..<plane.height).contains(row) {
                let next = row * plane.width + column
                if plane.values[next] >= bar, seen.insert(next).inserted { rest.append(next) }
            }
        }
        let columns = seen.map { $0 % plane.width }, rows = seen.map { $0 / plane.width }
        return (columns.min()!..<columns.max()! + 1, rows.min()!..<rows.max()! + 1)
    }
}
