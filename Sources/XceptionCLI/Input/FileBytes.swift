import ImageCodecs
import Platform

/// Why an image has no answer: an error object of the output.
struct ImageFailure: Error, Equatable {
    let code: String
    let message: String
}

extension ImageFailure {
    init(_ error: ImageError) {
        self.init(code: error.code.rawValue, message: error.message)
    }

    /// A file that the system does not hand out, after `errno`.
    init(systemError: Int32) {
        if systemError == ENOENT || systemError == ENOTDIR {
            self.init(code: "not_found", message: "there is no such file")
        } else {
            self.init(code: "unreadable", message: "cannot be read: \(String(cString: strerror(systemError)))")
        }
    }
}

/// A whole file, or all of standard input, as bytes.
func readAll(_ path: FilePath) throws(ImageFailure) -> [UInt8] {
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw ImageFailure(systemError: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw ImageFailure(systemError: errno) }
    guard status.st_mode & S_IFMT != S_IFDIR else {
        // A list often comes from find, which names a directory's files beside it.
        throw ImageFailure(code: "unreadable", message: "is a directory; name it as an argument, not in a list, to have it searched")
    }
    return try readAll(descriptor: descriptor, expected: Int(status.st_size))
}

/// A file is part of the memory that its image may take.
private let largestFile = DecodeOptions.defaultMaximumMemory

/// An image's bytes; of anything else the beginning, however long it goes on.
///
/// - Parameter expected: a guess at the size.
func readAll(descriptor: Int32, expected: Int = 0) throws(ImageFailure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    var count = 0
    while true {
        // A file is read to its end; who types or pipes may never come to one.
        guard descriptor != STDIN_FILENO || Interruption.waitForInput(descriptor) else {
            throw ImageFailure(code: "unreadable", message: "the program was interrupted before it was read")
        }
        if count == bytes.count {
            guard max(count, expected) < largestFile else {
                throw ImageFailure(code: "image_too_large", message: "the file is larger than any image that is read (\(largestFile >> 20) MiB)")
            }
            bytes.append(contentsOf: repeatElement(0, count: min(max(count, expected + 1 - count), largestFile - count)))
        }
        let result = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + count, $0.count - count) }
        if result == 0 { break }
        if result < 0 {
            if errno == EINTR { continue }
            throw ImageFailure(systemError: errno)
        }
        count += result
        if count >= ImageFormat.sniffedBytes, !bytes.withUnsafeBytes({ ImageFormat($0).isDecodable }) { break }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
}
