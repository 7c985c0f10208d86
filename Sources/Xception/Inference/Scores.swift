import ModelFiles

/// The probabilities of all classes for one image.
package struct Scores: Sendable {
    package let classes: [ClassLabel]
    /// The probabilities, one per class, in the order of `classes`.
    package let probabilities: [Float]
    /// The score of similarity to the training photos; nil if the head has no rejection.
    package let rejection: RejectionScore?

    /// Computes the probabilities.
    ///
    /// - Parameters:
    ///   - logits: one per class of `head`.
    ///   - rejection: the result of ``Rejection/score(features:logits:)``.
    package init(_ logits: [Float], of head: Head, rejection: RejectionScore? = nil) {
        self.rejection = rejection
        precondition(logits.count == head.classes.count)
        classes = head.classes
        probabilities = head.activation.probabilities(logits)
    }

    /// Returns the most probable classes, most probable first; ties in the classes' order.
    package func top(_ count: Int) -> [Prediction] {
        probabilities.indicesOfLargest(count).enumerated().map { rank, index in
            Prediction(
                rank: rank + 1, index: index, id: classes[index].id, label: classes[index].label,
                probability: probabilities[index])
        }
    }

    /// Returns the probability that the image is of any of these classes.
    package func sum(over indices: some Sequence<Int>) -> Float {
        Float(indices.reduce(0.0) { $0 + Double(probabilities[$1]) })
    }
}
