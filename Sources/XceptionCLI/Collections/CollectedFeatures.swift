import Images
import PhotoCollections
import Xception

/// Where an image's features come from.
enum FeatureSource: String, Sendable {
    case collection, computed

    var jsonMembers: [(String, String)] { [("features", JSONText.string(rawValue))] }

    /// - Returns: nil if the record does not say.
    init?(scanning scanner: inout JSONScanner) throws(JSONMismatch) {
        guard try scanner.skip(ifNext: ", \"features\": ") else { return nil }
        guard let source = FeatureSource(rawValue: try scanner.readString()) else { throw .foreign }
        self = source
    }
}

/// A value of an image that may carry what a collection keeps of it.
protocol CollectedValue: Sendable {
    /// Nil where features come from a collection, or none is to be added to.
    var collected: PhotoFeatures? { get }
}

extension PhotoFeatures {
    /// What a collection keeps of an image.
    ///
    /// - Throws: ``InferenceError`` of ``ImageError/outOfMemory``.
    init(_ features: [Float], of image: RGBImage, mean: GenericMean) throws(InferenceError) {
        do {
            self.init(
                width: image.originalWidth, height: image.originalHeight, features: QuantizedFeatures(features, mean: mean),
                hash: try PerceptualHash(image))
        } catch {
            throw .image(error)
        }
    }
}

/// Computes what a collection keeps of each image.
struct FeatureTask: ImageTask {
    /// What features are centred by.
    let mean: GenericMean

    struct Value: CollectedValue {
        let photo: PhotoFeatures
        var isStored = false

        var collected: PhotoFeatures? { isStored ? nil : photo }
    }

    func evaluate(
        _ input: InputTensor, of image: RGBImage, on session: InferenceSession
    ) throws(InferenceError) -> Value {
        Value(photo: try PhotoFeatures(session.features(input), of: image, mean: mean))
    }
}
