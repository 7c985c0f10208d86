import ImageCodecs
import Platform
import Xception

/// Takes one image from its bytes to its answer.
struct ImageClassification {
    let preprocessor: Preprocessor
    let options: DecodeOptions
    let top: Int
    /// Whether results come with a thumbnail.
    let makesThumbnails: Bool

    func callAsFunction(_ input: ImageInput, on session: @autoclosure () throws(ModelFileError) -> InferenceSession) throws(ModelFileError) -> ImageResult {
        let clock = ContinuousClock()
        let start = clock.now
        let image: RGBImage
        let tensor: InputTensor
        let decoded: ContinuousClock.Instant
        do throws(ImageFailure) {
            image = try decode(input)
            decoded = clock.now
            do { tensor = try preprocessor.inputTensor(for: image) } catch { throw ImageFailure(error) }
        } catch {
            return ImageResult(path: input.path, outcome: .failure(error))
        }
        let prepared = clock.now
        let session = try session()
        let ready = clock.now
        let predictions = try session.classify(tensor, top: top)
        return ImageResult(
            path: input.path,
            outcome: .success(ImageResult.Answer(
                width: image.originalWidth, height: image.originalHeight, predictions: predictions,
                decodeMilliseconds: (decoded - start).milliseconds,
                preprocessMilliseconds: (prepared - decoded).milliseconds,
                inferenceMilliseconds: (clock.now - ready).milliseconds)),
            thumbnail: makesThumbnails ? thumbnail(image) : nil)
    }

    private func thumbnail(_ image: RGBImage) -> [UInt8]? {
        let size = Double(HTMLReport.thumbnailSize)
        let scale = min(1, size / Double(max(image.width, image.height)))
        func side(_ length: Int) -> Int { max(1, Int((Double(length) * scale).rounded())) }
        return try? image.resized(width: side(image.width), height: side(image.height), filter: .bilinear).jpegFile(quality: 75)
    }

    private func decode(_ input: ImageInput) throws(ImageFailure) -> RGBImage {
        let bytes: [UInt8]
        switch input {
        case .file(let path): bytes = try readAll(path)
        case .standardInput: bytes = try readAll(descriptor: STDIN_FILENO)
        case .failed(_, let failure): throw failure
        }
        let result: Result<RGBImage, ImageError> = bytes.withUnsafeBytes { buffer in
            Result { () throws(ImageError) in try decodeImage(buffer, options: options) }
        }
        switch result {
        case .success(let image): return image
        case .failure(let error): throw ImageFailure(error)
        }
    }
}

extension Duration {
    var milliseconds: Double {
        Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15
    }
}
