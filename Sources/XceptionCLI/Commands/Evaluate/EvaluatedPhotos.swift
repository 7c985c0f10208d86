import Images
import ModelFiles
import PhotoCollections
import Platform
import Xception

/// The best predictions for a labelled photo.
struct PhotoPredictions: CollectedValue {
    /// The top five, or as many as there are classes.
    let top: [Prediction]
    let isRejected: Bool
    /// The origin of the features; nil if there is no collection.
    var source: FeatureSource?
    var collected: PhotoFeatures?

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
struct PredictionTask: FeatureBasedTask {
    let head: HeadWeights
    let rejects: Bool
    /// The collection that receives the features; nil for none.
    let collection: SharedCollection?

    func evaluate(
        _ input: InputTensor, of image: RGBImage, on session: InferenceSession
    ) throws(InferenceError) -> PhotoPredictions {
        let features = try session.features(input)
        var predictions = try predictions(features, session)
        if let collection {
            predictions.source = .computed
            predictions.collected = try PhotoFeatures(features, of: image, mean: collection.mean)
        }
        return predictions
    }

    func evaluate(_ photo: PhotoFeatures, on session: InferenceSession) throws(InferenceError) -> PhotoPredictions {
        var predictions = try predictions(photo.features.values, session)
        predictions.source = .collection
        return predictions
    }

    private func predictions(
        _ features: [Float], _ session: InferenceSession
    ) throws(InferenceError) -> PhotoPredictions {
        let scores = try session.scores(ofFeatures: features, head)
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
    /// The number of photos with features from a collection; nil if there is no collection.
    let collected: Int?
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
