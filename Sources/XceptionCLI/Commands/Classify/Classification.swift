import Images
import Xception

/// The predictions for an image.
struct Classification: Sendable {
    /// The most probable first.
    let predictions: [Prediction]
    /// The most specific concept that is probable enough, if one is asked for.
    var concept: ConceptAnswer?
    /// Whether the image shows what `--label` and `--not-label` ask for.
    var isKept = true
    /// Nil if the head cannot detect photos unlike its training photos, or is not asked to.
    var rejection: RejectionScore?

    var isRejected: Bool { rejection?.isRejected == true }
    static let rejectedText = "unlike the training photos"
}

/// Names the most probable classes.
struct ClassificationTask: ImageTask {
    let head: HeadWeights
    /// How many predictions.
    let top: Int
    /// Less probable predictions are left out.
    let minimumProbability: Float
    /// Nil if nothing is asked of concepts.
    let query: ConceptQuery?
    /// Whether photos unlike the training photos are noted.
    let rejects: Bool

    func evaluate(
        _ input: InputTensor, of image: RGBImage, on session: InferenceSession
    ) throws(InferenceError) -> Classification {
        let scores = try session.scores(input, head)
        return Classification(
            predictions: scores.top(top).filter { $0.probability >= minimumProbability },
            concept: query?.answer(scores.probabilities), isKept: query?.keeps(scores.probabilities) ?? true,
            rejection: rejects ? scores.rejection : nil)
    }
}
