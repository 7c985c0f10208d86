/// Accuracy as a function of the least probability of a prediction; a guide to setting `--min`.
package struct Coverage: Sendable {
    package struct Point: Sendable, Equatable {
        package let threshold: Float
        /// The share of photos whose prediction is at least as probable.
        package let coverage: Double
        /// The share of these that are right; nil if there are none.
        package let accuracy: Double?
    }

    /// The points at 0, 0.1, ... 0.9.
    package let points: [Point]
    private let evaluation: Evaluation

    package init(_ evaluation: Evaluation) {
        self.evaluation = evaluation
        points = (0..<10).map { Self.point(Float($0) / 10, evaluation) }
    }

    private static func point(_ threshold: Float, _ evaluation: Evaluation) -> Point {
        let taken = evaluation.outcomes.filter { $0.confidence >= threshold && !$0.isRejected }
        return Point(
            threshold: threshold, coverage: Double(taken.count) / Double(max(1, evaluation.outcomes.count)),
            accuracy: taken.isEmpty ? nil : Double(taken.count(where: \.isRight)) / Double(taken.count))
    }

    /// The share of photos that are accepted and the share of these that are right, from the most confident prediction
    /// alone to all of them; a hundred points at most.
    package var curve: [(coverage: Double, accuracy: Double)] {
        let taken = evaluation.outcomes.filter { !$0.isRejected }.sorted { $0.confidence > $1.confidence }
        let step = max(1, (taken.count + 99) / 100)
        var right = 0
        return taken.enumerated().compactMap { index, outcome in
            if outcome.isRight { right += 1 }
            guard (index + 1) % step == 0 || index + 1 == taken.count else { return nil }
            return (Double(index + 1) / Double(evaluation.outcomes.count), Double(right) / Double(index + 1))
        }
    }

    /// Returns the lowest probability from which on that share of the predictions is right; nil if there is none.
    package func threshold(precision: Double) -> Point? {
        let taken = evaluation.outcomes.filter { !$0.isRejected }.sorted { $0.confidence > $1.confidence }
        var (right, best) = (0, Float?.none)
        for (index, outcome) in taken.enumerated() {
            if outcome.isRight { right += 1 }
            // Predictions of equal probability are taken together.
            if index + 1 < taken.count, taken[index + 1].confidence == outcome.confidence { continue }
            if Double(right) >= precision * Double(index + 1) { best = outcome.confidence }
        }
        return best.map { Self.point($0, evaluation) }
    }
}
