import Platform

/// Temperature scaling (Guo et al. 2017) with Platt's smoothed targets: a few photos, all right, would otherwise ask
/// for a temperature of zero.
package enum Temperature {
    /// The least number of held-out photos for fitting a temperature.
    package static let minimumPhotos = 20

    /// Returns the temperature at which held-out logits have the least cross-entropy with targets of (1 - e) for the
    /// photo's class plus e / K for all, e = 1 / (N + 2).
    ///
    /// - Returns: between exp(-3) and exp(3); 1 for fewer photos than ``minimumPhotos``.
    package static func fit(_ logits: [[Float]], labels: [Int]) -> Double {
        guard logits.count >= minimumPhotos else { return 1 }
        let smoothing = 1 / Double(logits.count + 2)
        // The cross-entropy has one minimum along the logarithm: golden section.
        let ratio = (5.0.squareRoot() - 1) / 2
        var (low, high) = (-3.0, 3.0)
        var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
        func value(_ logarithm: Double) -> Double { crossEntropy(logits, labels, exp(logarithm), smoothing) }
        var (leftValue, rightValue) = (value(left), value(right))
        while high - low > 1e-6 {
            if leftValue <= rightValue {
                (high, right, rightValue) = (right, left, leftValue)
                left = high - ratio * (high - low)
                leftValue = value(left)
            } else {
                (low, left, leftValue) = (left, right, rightValue)
                right = low + ratio * (high - low)
                rightValue = value(right)
            }
        }
        return exp((low + high) / 2)
    }

    private static func crossEntropy(
        _ logits: [[Float]], _ labels: [Int], _ temperature: Double, _ smoothing: Double
    ) -> Double {
        var sum = 0.0
        for (logits, label) in zip(logits, labels) {
            let scaled = logits.map { Double($0) / temperature }
            let mean = scaled.reduce(0, +) / Double(scaled.count)
            sum += logSumExp(scaled) - (1 - smoothing) * scaled[label] - smoothing * mean
        }
        return sum / Double(logits.count)
    }
}

/// Returns log(sum of exp), without overflow.
func logSumExp(_ values: [Double]) -> Double {
    let largest = values.max() ?? 0
    return largest + log(values.reduce(0) { $0 + exp($1 - largest) })
}
