import Images
import Platform
import Xception

/// The preparation of an image's file for the network, the same for all images of a run.
struct ImagePreparation: Sendable {
    var decoding: DecodeOptions
    let preprocessor: Preprocessor
    /// The longer side of thumbnails in pixels; nil if no output shows them.
    var thumbnailSize: Int?

    /// Reads and decodes an image.
    ///
    /// - Returns: nil if the cancellation came before the image.
    func decode(
        _ input: ImageInput, until cancellation: Cancellation
    ) throws(ImageFailure) -> (image: RGBImage, version: FileVersion?)? {
        guard let bytes = try input.bytes(limit: decoding.maximumMemory, until: cancellation) else { return nil }
        do { return (try bytes.decoded(decoding), bytes.version) } catch { throw ImageFailure(error) }
    }

    /// Prepares an image.
    ///
    /// - Returns: `[size x size x 3]`.
    func input(of image: RGBImage) throws(InferenceError) -> InputTensor {
        do { return try preprocessor.inputTensor(for: image) } catch { throw .image(error) }
    }

    /// Makes a thumbnail.
    ///
    /// - Returns: a JPEG file; nil if none is needed, or memory has run out.
    func thumbnail(of image: RGBImage) -> [UInt8]? {
        guard let thumbnailSize else { return nil }
        let small = try? image.small(side: thumbnailSize)
        // At this quality no artefacts show in a picture of this size.
        return small?.jpegFile(quality: 75)
    }
}

extension RGBImage {
    /// The image with its longer side reduced to `side` pixels; as it is if that is no reduction.
    func small(side: Int) throws(ImageError) -> RGBImage {
        let scale = min(1, Double(side) / Double(max(width, height)))
        func length(_ length: Int) -> Int { max(1, Int((Double(length) * scale).rounded())) }
        return try resized(width: length(width), height: length(height), filter: .bilinear)
    }
}
