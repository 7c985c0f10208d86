import Images
import Platform
import Xception

/// What `classify` says of an image.
struct Classification: Sendable {
    /// Upright.
    let width: Int
    let height: Int
    /// The most probable first.
    let predictions: [Prediction]
    let decodeMilliseconds: Double
    let preprocessMilliseconds: Double
    let inferenceMilliseconds: Double
    /// The image made small, as a JPEG file, where a report shows it.
    let thumbnail: [UInt8]?
}

/// Names the most probable classes.
struct ClassificationTask: ImageTask {
    let decoding: DecodeOptions
    let preprocessor: Preprocessor
    /// How many predictions.
    let top: Int
    /// Less probable predictions are left out.
    let minimumProbability: Float
    /// The longer side of a thumbnail in pixels, if there is to be one.
    let thumbnailSize: Int?

    func evaluate(
        _ image: RGBImage, readTime: Duration, on session: InferenceSession
    ) throws(ImageTaskError) -> Classification {
        let clock = ContinuousClock()
        let start = clock.now
        let tensor: InputTensor
        do { tensor = try preprocessor.inputTensor(for: image) } catch { throw .image(error) }
        let ready = clock.now
        let predictions: [Prediction]
        do {
            predictions = try session.classify(tensor, top: top).filter { $0.probability >= minimumProbability }
        } catch {
            switch error {
            case .modelFile(let error): throw .model(error)
            case .outOfMemory: throw .image(.outOfMemory)
            }
        }
        return Classification(
            width: image.originalWidth, height: image.originalHeight, predictions: predictions,
            decodeMilliseconds: readTime.milliseconds,
            preprocessMilliseconds: (ready - start).milliseconds,
            inferenceMilliseconds: (clock.now - ready).milliseconds,
            thumbnail: thumbnailSize.flatMap { Self.thumbnail(image, size: $0) })
    }

    private static func thumbnail(_ image: RGBImage, size: Int) -> [UInt8]? {
        let scale = min(1, Double(size) / Double(max(image.width, image.height)))
        func side(_ length: Int) -> Int { max(1, Int((Double(length) * scale).rounded())) }
        // A quality at which the artefacts of so small a picture do not show.
        return try? image.resized(width: side(image.width), height: side(image.height), filter: .bilinear).jpegFile(quality: 75)
    }
}
