import Platform

/// One image to work on, or what stands in its way before it is even opened.
enum ImageInput {
    case file(FilePath)
    /// A named pipe or the like, named as an argument: its end may be long in coming.
    case stream(FilePath)
    case standardInput
    /// One of several images on standard input.
    case frame(Int, FileBytes)
    case failed(FilePath, ImageFailure)

    var name: ImageName {
        switch self {
        case .file(let path), .stream(let path), .failed(let path, _): ImageName(path: path)
        case .standardInput: ImageName(path: .standardInput)
        case .frame(let number, _): ImageName(path: .standardInput, frame: number)
        }
    }

    /// Reads the image's file.
    ///
    /// - Returns: nil if the cancellation came before the end of a stream.
    func bytes(until cancellation: Cancellation) throws(ImageFailure) -> FileBytes? {
        switch self {
        case .file(let path): try readFile(path)
        case .stream(let path): try readStream(path, until: cancellation)
        case .standardInput: try FileBytes.reading(STDIN_FILENO) { cancellation.waitForInput(STDIN_FILENO) }
        case .frame(_, let bytes): bytes
        case .failed(_, let failure): throw failure
        }
    }
}

extension FilePath {
    /// What stands for standard input.
    static let standardInput = FilePath(bytes: "-".utf8)
}
