/// The agreement of predictions with labels.
package struct Evaluation: Sendable {
    /// One photo's outcome.
    package struct Outcome: Sendable, Equatable {
        package let label: Int
        /// The most probable class.
        package let predicted: Int
        /// The probability of that class.
        package let confidence: Float
        /// The label's rank among the classes, from 1.
        package let rank: Int
        /// True if the head rejected the photo as none of its classes. It counts as wrong.
        package let isRejected: Bool

        package init(label: Int, predicted: Int, confidence: Float, rank: Int, isRejected: Bool = false) {
            self.label = label
            self.predicted = predicted
            self.confidence = confidence
            self.rank = rank
            self.isRejected = isRejected
        }

        package var isRight: Bool { predicted == label && !isRejected }
    }

    /// The figures of a class; nil if there is nothing to divide by.
    package struct ClassFigures: Sendable, Equatable {
        package let photos: Int
        package let predicted: Int
        package let right: Int

        package var recall: Double? { photos > 0 ? Double(right) / Double(photos) : nil }
        package var precision: Double? { predicted > 0 ? Double(right) / Double(predicted) : nil }
        package var f1: Double? { photos + predicted > 0 ? 2 * Double(right) / Double(photos + predicted) : nil }
    }

    package struct Confusion: Sendable, Equatable {
        package let label: Int
        package let predicted: Int
        package let count: Int
    }

    package let outcomes: [Outcome]
    package let classes: [ClassFigures]

    /// Evaluates outcomes.
    ///
    /// - Parameter classes: the number of the head's classes.
    package init(_ outcomes: [Outcome], classes count: Int) {
        var (photos, predicted, right) = (
            [Int](repeating: 0, count: count), [Int](repeating: 0, count: count), [Int](repeating: 0, count: count)
        )
        for outcome in outcomes {
            photos[outcome.label] += 1
            if !outcome.isRejected { predicted[outcome.predicted] += 1 }
            if outcome.isRight { right[outcome.label] += 1 }
        }
        self.outcomes = outcomes
        classes = (0..<count).map { ClassFigures(photos: photos[$0], predicted: predicted[$0], right: right[$0]) }
    }

    package var top1: Share { Share(outcomes.count(where: \.isRight), of: outcomes.count) }
    package var top5: Share { Share(outcomes.count { $0.rank <= 5 && !$0.isRejected }, of: outcomes.count) }
    package var rejected: Int { outcomes.count(where: \.isRejected) }

    /// The means over the classes that have photos; a class without a precision counts as 0 in none of them.
    package var macroRecall: Double? { Self.mean(withPhotos.compactMap(\.recall)) }
    package var macroPrecision: Double? { Self.mean(withPhotos.compactMap(\.precision)) }
    package var macroF1: Double? { Self.mean(withPhotos.compactMap(\.f1)) }

    private var withPhotos: [ClassFigures] { classes.filter { $0.photos > 0 } }

    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// Pairs of classes that are mistaken for one another, the most frequent first; ties in the classes' order.
    package var confusions: [Confusion] {
        let wrong = outcomes.filter { $0.predicted != $0.label && !$0.isRejected }
        let counts = Dictionary(grouping: wrong) { [$0.label, $0.predicted] }
        return counts
            .map { Confusion(label: $0.key[0], predicted: $0.key[1], count: $0.value.count) }
            .sorted { ($1.count, $0.label, $0.predicted) < ($0.count, $1.label, $1.predicted) }
    }

    /// Indices of the wrong outcomes, the most confident first.
    package var worstMistakes: [Int] {
        outcomes.indices.filter { !outcomes[$0].isRight }
            .sorted { (outcomes[$1].confidence, $0) < (outcomes[$0].confidence, $1) }
    }
}
