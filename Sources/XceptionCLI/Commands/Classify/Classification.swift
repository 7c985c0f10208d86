import Images
import PhotoCollections
import Xception

/// The predictions for an image.
struct Classification: CollectedValue {
    /// The predictions, the most probable first.
    let predictions: [Prediction]
    /// The most specific concept that is probable enough, if one is asked for.
    var concept: ConceptAnswer?
    /// The most probable prediction, even if it is left out of ``predictions``.
    var best: Prediction?
    /// True if the image shows what `--label` and `--not-label` ask for.
    var isKept = true
    /// The score of rejection; nil if the head has no rejection, or it is off.
    var rejection: RejectionScore?
    /// The origin of the features; nil if there is no collection.
    var source: FeatureSource?
    var collected: PhotoFeatures?
    /// The evidence for the best prediction, as a PNG file that covers the photo; nil if it is not asked for.
    var evidence: [UInt8]?

    var isRejected: Bool { rejection?.isRejected == true }

    /// The one answer where there is room for one: the concept, or else the first prediction; nil if none is probable
    /// enough.
    var answer: (label: String, probability: Float)? {
        concept.map { ($0.label, $0.probability) } ?? predictions.first.map { ($0.label, $0.probability) }
    }

    static let rejectedText = "unlike the training photos"
}

/// Names the most probable classes.
struct ClassificationTask: ImageTask {
    let head: HeadWeights
    /// The number of predictions.
    let top: Int
    /// The least probability of a prediction.
    let minimumProbability: Float
    /// The questions about concepts; nil if there are none.
    let query: ConceptQuery?
    /// True if photos unlike the training photos are marked.
    let rejects: Bool
    /// The collection that receives the features; nil for none.
    var collection: SharedCollection?
    /// The source of the evidence; nil if it is not asked for.
    var explainer: Explainer?

    func evaluate(
        _ input: InputTensor, of image: RGBImage, on session: InferenceSession
    ) throws(InferenceError) -> Classification {
        if let explainer { return try explained(explainer, input, image, session) }
        guard let collection else { return answer(try session.scores(input, head)) }
        let features = try session.features(input)
        var classification = answer(try session.scores(ofFeatures: features, head))
        classification.source = .computed
        classification.collected = try PhotoFeatures(features, of: image, mean: collection.mean)
        return classification
    }

    private func explained(
        _ explainer: Explainer, _ input: InputTensor, _ image: RGBImage, _ session: InferenceSession
    ) throws(InferenceError) -> Classification {
        let (features, means) = try session.featureMap(input)
        var classification = answer(try session.scores(ofFeatures: means, head))
        guard let best = classification.best else { return classification }
        let map = explainer.map(of: best.index, features, means)
        let evidence = explainer.evidence([map], largest: map.plane.largestMagnitude, input, image)[0]
        do { classification.evidence = try PictureKind.overlay(evidence, image) } catch { throw .image(error) }
        return classification
    }

    /// Computes the value from features in a collection.
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
