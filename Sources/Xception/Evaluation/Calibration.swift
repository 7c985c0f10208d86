/// The difference between probabilities and the shares of predictions that are right.
package struct Calibration: Sendable {
    /// A bin of probabilities.
    package struct Bin: Sendable, Equatable {
        package let photos: Int
        /// The mean over the bin's photos; 0 for an empty bin. Likewise `accuracy`.
        package let confidence: Double
        package let accuracy: Double
    }

    package static let bins = 15
    package let bins: [Bin]
    /// Expected calibration error (Guo et al. 2017): the mean of |accuracy - confidence| over photos, bin by bin, where
    /// a bin is (b - 1) / 15 < p <= b / 15.
    package let error: Double
    /// The error that perfectly calibrated probabilities would show on the same number of photos: mean and 95% quantile
    /// of 200 draws.
    package let errorByChance: Double
    package let highErrorByChance: Double

    package init(_ evaluation: Evaluation) {
        let confidences = evaluation.outcomes.map { Double($0.confidence) }
        let bin = confidences.map { confidence in
            max(0, min(Self.bins - 1, Int((confidence * Double(Self.bins)).rounded(.up)) - 1))
        }
        let bins = Self.binned(confidences, bin, evaluation.outcomes.map { $0.predicted == $0.label })
        var random = SplitMix64(seed: 1)
        let draws = (0..<200).map { _ in
            Self.error(Self.binned(confidences, bin, confidences.map { random.uniform() < $0 }))
        }.sorted()
        self.bins = bins
        error = Self.error(bins)
        errorByChance = draws.reduce(0, +) / Double(draws.count)
        highErrorByChance = draws[draws.count * 95 / 100]
    }

    private static func binned(_ confidences: [Double], _ bin: [Int], _ isRight: [Bool]) -> [Bin] {
        var (counts, sums, rights) = (
            [Int](repeating: 0, count: bins), [Double](repeating: 0, count: bins), [Int](repeating: 0, count: bins)
        )
        for index in confidences.indices {
            counts[bin[index]] += 1
            sums[bin[index]] += confidences[index]
            if isRight[index] { rights[bin[index]] += 1 }
        }
        return (0..<bins).map {
            let count = Double(max(1, counts[$0]))
            return Bin(photos: counts[$0], confidence: sums[$0] / count, accuracy: Double(rights[$0]) / count)
        }
    }

    private static func error(_ bins: [Bin]) -> Double {
        let total = bins.reduce(0) { $0 + $1.photos }
        return bins.reduce(0) { $0 + Double($1.photos) * abs($1.accuracy - $1.confidence) } / Double(max(1, total))
    }
}
