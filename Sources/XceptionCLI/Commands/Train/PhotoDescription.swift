import Images
import PhotoCollections
import Xception

/// The data of a photo that training needs.
struct PhotoDescription: Sendable {
    /// `[2048]`
    let features: [Float]
    let hash: PerceptualHash
}

/// Computes features without a head.
struct DescriptionTask: ImageTask {
    func evaluate(
        _ input: InputTensor, of image: RGBImage, on session: InferenceSession
    ) throws(InferenceError) -> PhotoDescription {
        let features = try session.features(input)
        do { return PhotoDescription(features: features, hash: try PerceptualHash(image)) } catch {
            throw .image(error)
        }
    }
}
