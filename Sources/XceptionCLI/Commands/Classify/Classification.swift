import Images
import Xception

/// The predictions for an image.
struct Classification: Sendable {
    /// The most probable first.
    let predictions: [Prediction]
}

/// Names the most probable classes.
struct ClassificationTask: ImageTask {
    let head: HeadWeights
    /// How many predictions.
    let top: Int
    /// Less probable predictions are left out.
    let minimumProbability: Float

    func evaluate(
        _ input: InputTensor, of image: RGBImage, on session: InferenceSession
    ) throws(InferenceError) -> Classification {
        let best = try session.scores(input, head).top(top)
        return Classification(predictions: best.filter { $0.probability >= minimumProbability })
    }
}
