import Images
import Platform
import Xception

/// The way from an image's file to the network's input, the same for all images of a run.
struct ImagePreparation: Sendable {
    var decoding: DecodeOptions
    let preprocessor: Preprocessor
    /// The longer side of thumbnails in pixels; nil if no output shows them.
    var thumbnailSize: Int?

    /// Reads and decodes an image.
    ///
    /// - Returns: nil if the image was still being waited for at the cancellation.
    func decode(
        _ input: ImageInput, until cancellation: Cancellation
    ) throws(ImageFailure) -> (image: RGBImage, version: FileVersion?)? {
        guard let bytes = try input.bytes(limit: decoding.maximumMemory, until: cancellation) else { return nil }
        do { return (try bytes.decoded(decoding), bytes.version) } catch { throw ImageFailure(error) }
    }

    /// - Returns: `[size x size x 3]`.
    func input(of image: RGBImage) throws(InferenceError) -> InputTensor {
        do { return try preprocessor.inputTensor(for: image) } catch { throw .image(error) }
    }

    /// - Returns: a JPEG file; nil if none is asked for, or memory has run out.
    func thumbnail(of image: RGBImage) -> [UInt8]? {
        guard let thumbnailSize else { return nil }
        let scale = min(1, Double(thumbnailSize) / Double(max(image.width, image.height)))
        func side(_ length: Int) -> Int { max(1, Int((Double(length) * scale).rounded())) }
        let small = try? image.resized(width: side(image.width), height: side(image.height), filter: .bilinear)
        // A quality at which the artefacts of so small a picture do not show.
        return small?.jpegFile(quality: 75)
    }
}
