import ImageCodecs
import Platform

/// A file's content. Where memory has run out that is an error; an `Array` would end the process.
final class FileBytes {
    private var memory: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    /// A file is part of the memory that its image may take.
    static let limit = DecodeOptions.defaultMaximumMemory
    private static let firstCapacity = 1 << 16

    private init(capacity: Int) throws(ImageFailure) {
        guard let memory = malloc(capacity) else { throw ImageFailure(.outOfMemory) }
        self.memory = memory
        self.capacity = capacity
    }

    deinit { free(memory) }

    func withUnsafeBytes<Result, Failure>(_ body: (UnsafeRawBufferPointer) throws(Failure) -> Result) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: memory, count: count))
    }

    /// Reads what there is, at most `limit` bytes.
    ///
    /// - Returns: false at the end.
    private func append(_ limit: Int, from descriptor: Int32) throws(ImageFailure) -> Bool {
        while true {
            let result = read(descriptor, memory + count, limit)
            if result >= 0 {
                count += result
                return result > 0
            }
            // Somebody else was faster: as good as nothing new.
            if errno == EAGAIN { return true }
            guard errno == EINTR else { throw ImageFailure(systemError: errno) }
        }
    }

    private func grow(to capacity: Int) throws(ImageFailure) {
        guard let larger = realloc(memory, capacity) else { throw ImageFailure(.outOfMemory) }
        memory = larger
        self.capacity = capacity
    }
}

/// Reads a regular file.
func readFile(_ path: FilePath) throws(ImageFailure) -> FileBytes {
    // Without O_NONBLOCK a named pipe would keep us until somebody writes to it.
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else {
        guard !path.isWebAddress || errno != ENOENT else {
            throw ImageFailure(code: .notFound, message: "is a web address, not a file; try: curl -sL URL | xception -")
        }
        throw ImageFailure(systemError: errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw ImageFailure(systemError: errno) }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
        // A list often comes from find, which names a directory's files beside it.
        throw ImageFailure(code: .unreadable, message: "is a directory; name it as an argument, not in a list, to have it searched")
    case S_IFIFO:
        throw ImageFailure(code: .unreadable, message: "is a named pipe; name it as an argument, not in a list, to have it read")
    default:
        return try FileBytes.reading(descriptor, expected: Int(status.st_size)) { true }!
    }
}

/// What comes out of a named pipe or a device, or nil at a cancellation.
func readStream(_ path: FilePath, until cancellation: Cancellation) throws(ImageFailure) -> FileBytes? {
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw ImageFailure(systemError: errno) }
    defer { close(descriptor) }
    return try FileBytes.reading(descriptor) { cancellation.waitForInput(descriptor) }
}

extension FileBytes {
    /// An image's bytes; of anything else the beginning, however long it goes on.
    ///
    /// - Parameters:
    ///   - expected: a guess at the size.
    ///   - wait: waits for something to read, and says whether to go on.
    /// - Returns: nil if `wait` said no.
    static func reading(_ descriptor: Int32, expected: Int = 0, wait: () -> Bool) throws(ImageFailure) -> FileBytes? {
        // Enough to tell what it is, before memory for the whole file is asked for.
        let bytes = try FileBytes(capacity: firstCapacity)
        while true {
            guard wait() else { return nil }
            if bytes.count == bytes.capacity {
                guard max(bytes.count, expected) < limit else {
                    throw ImageFailure(
                        code: .imageTooLarge, message: "the file is larger than any image that is read (\(limit >> 20) MiB)")
                }
                // One byte more than the file has, so that its end is found without growing.
                try bytes.grow(to: min(max(2 * bytes.capacity, expected + 1), limit))
            }
            guard try bytes.append(bytes.capacity - bytes.count, from: descriptor) else { return bytes }
            if bytes.count >= ImageFormat.sniffedBytes, !bytes.withUnsafeBytes({ ImageFormat($0).isDecodable }) { return bytes }
        }
    }

    /// The next `length` bytes, or fewer where the input ends before.
    ///
    /// - Returns: nil if `wait` said no.
    static func reading(_ length: Int, from descriptor: Int32, wait: () -> Bool) throws(ImageFailure) -> FileBytes? {
        // Memory is asked for as bytes come: a length alone costs nothing.
        let bytes = try FileBytes(capacity: max(1, min(length, firstCapacity)))
        while bytes.count < length {
            guard wait() else { return nil }
            if bytes.count == bytes.capacity { try bytes.grow(to: min(2 * bytes.capacity, length)) }
            guard try bytes.append(bytes.capacity - bytes.count, from: descriptor) else { break }
        }
        return bytes
    }

    /// - Throws: ``ImageFailure`` if the bytes are not an image, or more than the options allow.
    func decoded(_ options: DecodeOptions) throws(ImageFailure) -> RGBImage {
        do {
            return try withUnsafeBytes { bytes throws(ImageError) in try decodeImage(bytes, options: options) }
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
