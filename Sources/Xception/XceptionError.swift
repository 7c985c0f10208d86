import Images
import ModelFiles
import Platform

/// A failure to produce a result.
public struct XceptionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, for programs.
    public enum Code: String, Sendable, CaseIterable {
        /// A model file is missing, damaged, changed while it was in use, or does not belong to the other one.
        case model
        /// The processor is not faster in the requested precision.
        case precision
        /// There is no image at the URL.
        case notFound = "not_found"
        case unreadable
        case emptyFile = "empty_file"
        /// The file is in a format that is not read.
        case unsupportedFormat = "unsupported_format"
        case corruptImage = "corrupt_image"
        /// The image exceeds a limit of decoding.
        case imageTooLarge = "image_too_large"
        case outOfMemory = "out_of_memory"
    }

    public let code: Code
    /// A line for people that names the file, the fault and the remedy.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    init(_ error: ModelFileError) {
        self.init(.model, error.description)
    }

    init(_ error: InferenceError) {
        switch error {
        case .modelFile(let error): self.init(error)
        case .image(.outOfMemory): self.init(.outOfMemory, "there is not enough memory for the forward pass")
        case .image(let error): self.init(error)
        }
    }

    /// Wraps an image's error.
    ///
    /// - Parameter path: the image's path, if it has one.
    init(_ error: ImageError, path: FilePath? = nil) {
        let code: Code =
            switch error.code {
            case .notFound: .notFound
            case .unreadable: .unreadable
            case .emptyFile: .emptyFile
            case .unsupportedFormat: .unsupportedFormat
            case .corruptImage: .corruptImage
            case .imageTooLarge: .imageTooLarge
            case .outOfMemory: .outOfMemory
            }
        self.init(code, path.map { "\($0.line): \(error.message)" } ?? error.message)
    }
}
