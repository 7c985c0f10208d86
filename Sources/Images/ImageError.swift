import Platform

/// A reason for which a file, or bytes, did not become an image.
///
/// The message is one line without the file's path, which only the caller knows.
package enum ImageError: Error, Equatable, Sendable {
    /// The system refuses to read the file.
    case unreadable(SystemError)
    /// A directory, pipe, socket or device.
    case notRegular(FileStatus.Kind)
    /// The file alone exceeds the limit of memory, in bytes.
    case fileTooLarge(limit: Int)
    case emptyFile
    /// `found` names the bytes' format, as a noun phrase.
    case unsupportedFormat(found: String, remedy: FormatWords.Remedy = .convert)
    case corruptImage(String)
    case imageTooLarge(width: Int, height: Int, limit: Limit)
    /// The system has no memory left for an image within the limits.
    case outOfMemory

    /// The limit of ``DecodeOptions`` that an image exceeds.
    package enum Limit: Equatable, Sendable {
        case pixels(Int)
        case side(Int)
        case memory(Int)
        /// Coefficient blocks in the scans of a progressive JPEG; derived from the limit of pixels.
        case scans
        /// Bytes and pixels of a PNG that expands too far for its file size, or the pixels of all parts of a HEIF
        /// picture.
        case unpacking
    }

    /// The machine-readable codes of the output's `error` object.
    package enum Code: String, Sendable, CaseIterable {
        case notFound = "not_found"
        case unreadable
        case unsupportedFormat = "unsupported_format"
        case corruptImage = "corrupt_image"
        case imageTooLarge = "image_too_large"
        case emptyFile = "empty_file"
        case outOfMemory = "out_of_memory"
    }

    package var code: Code {
        switch self {
        case .unreadable(let error): [ENOENT, ENOTDIR].contains(error.number) ? .notFound : .unreadable
        case .notRegular: .unreadable
        case .emptyFile: .emptyFile
        case .unsupportedFormat: .unsupportedFormat
        case .corruptImage: .corruptImage
        case .imageTooLarge, .fileTooLarge: .imageTooLarge
        case .outOfMemory: .outOfMemory
        }
    }

    package var message: String {
        switch self {
        case .unreadable(let error):
            code == .notFound ? "there is no such file" : "cannot be read: \(error.message)"
        case .notRegular(let kind):
            "is \(kind.rawValue)"
        case .fileTooLarge(let limit):
            "the file exceeds the limit of \(limit >> 20) MiB"
        case .emptyFile:
            "the file is empty; expected an image"
        case .unsupportedFormat(let found, .convert):
            "this is \(found), which cannot be read: convert it to JPEG or PNG first"
        case .unsupportedFormat(let found, .nothing):
            "this is \(found), not an image that can be read"
        case .unsupportedFormat(let found, .install(let package)):
            "this is \(found); to read it: apt install \(package)"
        case .unsupportedFormat(let found, .allow):
            "this is \(found), a format that is not allowed here"
        case .corruptImage(let reason):
            "the image is damaged: \(reason)"
        case .imageTooLarge(let width, let height, let limit):
            "the image of \(width) x \(height) pixels \(limit.message): scale it down first"
        case .outOfMemory:
            "there is not enough memory for this image"
        }
    }
}

extension ImageError.Limit {
    fileprivate var message: String {
        switch self {
        case .pixels(let limit): "exceeds the limit of \(limit) pixels"
        case .side(let limit): "exceeds the limit of \(limit) pixels per side"
        case .memory(let limit): "exceeds the limit of \(limit >> 20) MiB of memory"
        case .unpacking: "expands too far for its file size"
        case .scans: "has too many progressive scans"
        }
    }
}
