import Images
import ModelFiles
import Xception

/// What a command computes for each image.
protocol ImageTask: Sendable {
    associatedtype Value: Sendable

    var decoding: DecodeOptions { get }

    /// - Parameters:
    ///   - image: upright, as `decoding` says.
    ///   - readTime: what reading and decoding it took.
    /// - Throws: an ``ImageError`` that costs this image alone, or a ``ModelFileError`` that ends the run.
    func evaluate(_ image: RGBImage, readTime: Duration, on session: InferenceSession) throws(ImageTaskError) -> Value
}

enum ImageTaskError: Error {
    case image(ImageError)
    case model(ModelFileError)
}
