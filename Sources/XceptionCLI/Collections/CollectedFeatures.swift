import Images
import PhotoCollections
import Xception

/// The origin of an image's features.
enum FeatureSource: String, Sendable {
    case collection, computed

    var jsonMembers: [(String, String)] { [("features", JSONText.string(rawValue))] }

    /// Reads the origin in a record.
    ///
    /// - Returns: nil if the record has none.
    init?(scanning scanner: inout JSONScanner) throws(JSONMismatch) {
        guard try scanner.skip(ifNext: ", \"features\": ") else { return nil }
        guard let source = FeatureSource(rawValue: try scanner.readString()) else { throw .foreign }
        self = source
    }
}

/// A value of an image that may carry the data that a collection keeps of it.
protocol CollectedValue: Sendable {
    /// The data for a collection; nil if features come from a collection, or there is none to add to.
    var collected: PhotoFeatures? { get }
}

extension PhotoFeatures {
    /// Computes the data that a collection keeps of an image.
    ///
    /// - Throws: ``InferenceError`` of ``ImageError/outOfMemory``.
    init(_ features: [Float], of image: RGBImage, mean: GenericMean) throws(InferenceError) {
        do {
            self.init(
                width: image.originalWidth, height: image.originalHeight,
                features: QuantizedFeatures(features, mean: mean),
                hash: try PerceptualHash(image))
        } catch {
            throw .image(error)
        }
    }
}

/// Computes the data that a collection keeps of each image.
struct FeatureTask: ImageTask {
    /// The mean that features are centred by.
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
