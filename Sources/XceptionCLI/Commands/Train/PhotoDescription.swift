import Images
import PhotoCollections
import Xception

/// The data of a photo that training needs.
struct PhotoDescription: CollectedValue {
    /// `[2048]`
    let features: [Float]
    let hash: PerceptualHash
    /// The origin of the features; nil if there is no collection.
    var source: FeatureSource?
    var collected: PhotoFeatures?
}

/// Computes features without a head.
struct DescriptionTask: FeatureBasedTask {
    /// The collection that receives the features; nil for none.
    let collection: SharedCollection?

    func evaluate(
        _ input: InputTensor, of image: RGBImage, on session: InferenceSession
    ) throws(InferenceError) -> PhotoDescription {
        let features = try session.features(input)
        if let collection {
            let photo = try PhotoFeatures(features, of: image, mean: collection.mean)
            // As rounded as those of the next run, so that both train the same head.
            return PhotoDescription(
                features: photo.features.values, hash: photo.hash, source: .computed, collected: photo)
        }
        do { return PhotoDescription(features: features, hash: try PerceptualHash(image)) } catch {
            throw .image(error)
        }
    }

    func evaluate(_ photo: PhotoFeatures, on session: InferenceSession) -> PhotoDescription {
        PhotoDescription(features: photo.features.values, hash: photo.hash, source: .collection)
    }
}
