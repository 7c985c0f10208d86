import Images
import Platform

/// One image to work on, or the reason why it cannot even be opened.
enum ImageInput {
    case file(FilePath)
    /// A named pipe or device given as an argument: its end may take long to come.
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

    /// True if the path identifies this image: a stream may hold another one each time.
    var isIdentifiedByPath: Bool {
        switch self {
        case .file, .failed: true
        case .stream, .standardInput, .frame: false
        }
    }

    /// Reads the image's file.
    ///
    /// - Parameter limit: the largest size in bytes.
    /// - Returns: nil if the cancellation came before the end of a stream.
    func bytes(limit: Int, until cancellation: Cancellation) throws(ImageFailure) -> FileBytes? {
        switch self {
        case .file(let path): return try Self.readFile(path, limit: limit)
        case .stream(let path):
            let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
            guard descriptor >= 0 else { throw ImageFailure(systemError: errno) }
            defer { close(descriptor) }
            return try Self.readStream(descriptor, limit: limit, until: cancellation)
        case .standardInput: return try Self.readStream(STDIN_FILENO, limit: limit, until: cancellation)
        case .frame(_, let bytes): return bytes
        case .failed(_, let failure): throw failure
        }
    }

    private static func readFile(_ path: FilePath, limit: Int) throws(ImageFailure) -> FileBytes {
        do throws(ImageError) {
            return try FileBytes.reading(path, limit: limit)
        } catch {
            switch error {
            case .unreadable(SystemError(number: ENOENT)) where path.isWebAddress:
                throw ImageFailure(
                    code: .notFound, message: "is a web address, not a file; try: curl -sL URL | xception -")
            case .notRegular(let kind):
                // A list often comes from find, which lists a directory together with its files.
                let purpose = kind == .directory ? "searched" : "read"
                throw ImageFailure(
                    code: error.code,
                    message: "\(error.message); name it as an argument, not in a list, to have it \(purpose)")
            default: throw ImageFailure(error)
            }
        }
    }

    private static func readStream(
        _ descriptor: Int32, limit: Int, until cancellation: Cancellation
    ) throws(ImageFailure) -> FileBytes? {
        do throws(ImageError) {
            return try FileBytes.reading(descriptor, limit: limit) { cancellation.waitForInput(descriptor) }
        } catch {
            throw ImageFailure(error)
        }
    }
}

extension FilePath {
    fileprivate var isWebAddress: Bool {
        ["http://", "https://"].contains { bytes.starts(with: $0.utf8) }
    }
}
