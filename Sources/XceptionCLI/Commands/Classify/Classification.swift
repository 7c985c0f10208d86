import Images
import PhotoCollections
import Xception

/// The predictions for an image.
struct Classification: CollectedValue {
    /// The most probable first.
    let predictions: [Prediction]
    /// The most specific concept that is probable enough, if one is asked for.
    var concept: ConceptAnswer?
    /// The most probable prediction, even if it is left out of ``predictions``.
    var best: Prediction?
    /// Whether the image shows what `--label` and `--not-label` ask for.
    var isKept = true
    /// Nil if the head cannot detect photos unlike its training photos, or is not asked to.
    var rejection: RejectionScore?
    /// Nil if there is no collection.
    var source: FeatureSource?
    var collected: PhotoFeatures?

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
    /// Where features are kept as well, if anywhere.
    var collection: SharedCollection?

    func evaluate(
        _ input: InputTensor, of image: RGBImage, on session: InferenceSession
    ) throws(InferenceError) -> Classification {
        guard let collection else { return answer(try session.scores(input, head)) }
        let features = try session.features(input)
        var classification = answer(try session.scores(ofFeatures: features, head))
        classification.source = .computed
        classification.collected = try PhotoFeatures(features, of: image, mean: collection.mean)
        return classification
    }

    /// The same of features that a collection holds.
    func evaluate(_ photo: PhotoFeatures, on session: InferenceSession) throws(InferenceError) -> Classification {
        var classification = answer(try session.scores(ofFeatures: photo.features.values, head))
        classification.source = .collection
        return classification
    }

    private func answer(_ scores: Scores) -> Classification {
        let predictions = scores.top(top)
        return Classification(
            predictions: predictions.filter { $0.probability >= minimumProbability },
            concept: query?.answer(scores.probabilities), best: predictions.first, isKept: query?.keeps(scores.probabilities) ?? true,
            rejection: rejects ? scores.rejection : nil)
    }
}
