/// Why bytes did not become an image.
///
/// The message is one line without the file's path, which only the caller knows.
public enum ImageError: Error, Equatable, Sendable {
    case emptyFile
    /// `found` names what the bytes are, as a noun phrase.
    case unsupportedFormat(found: String)
    case corruptImage(String)
    case imageTooLarge(width: Int, height: Int, limit: Int)

    /// The machine-readable code of the output's `error` object.
    public var code: String {
        switch self {
        case .emptyFile: "empty_file"
        case .unsupportedFormat: "unsupported_format"
        case .corruptImage: "corrupt_image"
        case .imageTooLarge: "image_too_large"
        }
    }

    public var message: String {
        switch self {
        case .emptyFile:
            "the file is empty; expected a JPEG or PNG image"
        case .unsupportedFormat(let found):
            "this is \(found); only JPEG and PNG images can be read: convert it first"
        case .corruptImage(let reason):
            "the image is damaged: \(reason)"
        case .imageTooLarge(let width, let height, let limit):
            "the image has \(width) x \(height) pixels, more than the limit of \(limit): scale it down first"
        }
    }
}
