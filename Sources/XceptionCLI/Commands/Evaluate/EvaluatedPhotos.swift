import Images
import ModelFiles
import Platform
import Xception

/// The best predictions for a labelled photo.
struct PhotoPredictions: Sendable {
    /// The top five, or as many as there are classes.
    let top: [Prediction]
    let isRejected: Bool

    static let count = 5

    /// Compares the predictions with the photo's class.
    ///
    /// - Parameter label: the index of that class.
    func outcome(label: Int) -> Evaluation.Outcome {
        Evaluation.Outcome(
            label: label, predicted: top[0].index, confidence: top[0].probability,
            rank: 1 + (top.firstIndex { $0.index == label } ?? Self.count), isRejected: isRejected)
    }
}

/// Predicts the classes of labelled photos.
struct PredictionTask: ImageTask {
    let head: HeadWeights
    let rejects: Bool

    func evaluate(
        _ input: InputTensor, of image: RGBImage, on session: InferenceSession
    ) throws(InferenceError) -> PhotoPredictions {
        let scores = try session.scores(input, head)
        return PhotoPredictions(
            top: scores.top(PhotoPredictions.count), isRejected: rejects && scores.rejection?.isRejected == true)
    }
}

/// The data that an evaluation's outputs show.
struct EvaluatedPhotos {
    let model: ModelDescription
    let head: Head
    let paths: [FilePath]
    let evaluation: Evaluation
    let calibration: Calibration
    let coverage: Coverage
    let summary: RunSummary
    /// JPEG files of wrongly classified photos, by their index.
    let thumbnails: [Int: [UInt8]]

    /// Returns a class's name for people, such as "tabby".
    func label(_ index: Int) -> String { head.classes[index].label.printable }

    /// The classes with photos, the worst recall first.
    var worstClasses: [Int] {
        let classes = evaluation.classes
        return classes.indices.filter { classes[$0].photos > 0 }
            .sorted { (classes[$0].recall!, $0) < (classes[$1].recall!, $1) }
    }
}
