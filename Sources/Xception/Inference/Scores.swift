import ModelFiles

/// The probabilities of all classes for one image.
package struct Scores: Sendable {
    package let classes: [ClassLabel]
    /// One per class, in the order of `classes`.
    package let probabilities: [Float]
    /// Nil if the head cannot detect photos unlike its training photos.
    package let rejection: RejectionScore?

    /// - Parameters:
    ///   - logits: one per class of `head`.
    ///   - rejection: as ``Rejection/score(features:logits:)`` computes it.
    package init(_ logits: [Float], of head: Head, rejection: RejectionScore? = nil) {
        self.rejection = rejection
        precondition(logits.count == head.classes.count)
        classes = head.classes
        probabilities = head.activation.probabilities(logits)
    }

    /// The most probable classes, most probable first; of equals, the first of the list.
    package func top(_ count: Int) -> [Prediction] {
        probabilities.indicesOfLargest(count).enumerated().map { rank, index in
            Prediction(
                rank: rank + 1, index: index, id: classes[index].id, label: classes[index].label,
                probability: probabilities[index])
        }
    }

    /// The probability that the image is of any of these classes.
    package func sum(over indices: some Sequence<Int>) -> Float {
        Float(indices.reduce(0.0) { $0 + Double(probabilities[$1]) })
    }
}
