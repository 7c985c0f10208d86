import Platform

/// A file's content. Where memory has run out that is an error; an `Array` would end the process.
package final class FileBytes {
    private var memory: UnsafeMutableRawPointer
    private var capacity: Int
    package private(set) var count = 0
    /// Of the regular file, when it was opened.
    package private(set) var version: FileVersion?

    private static let firstCapacity = 1 << 16

    private init(capacity: Int) throws(ImageError) {
        guard let memory = malloc(capacity) else { throw .outOfMemory }
        self.memory = memory
        self.capacity = capacity
    }

    deinit { free(memory) }

    package func withUnsafeBytes<Result, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: memory, count: count))
    }

    /// Reads what there is, as far as there is room for it.
    ///
    /// - Parameter waits: whether the caller waits until there is something to read. Otherwise a file that is not ready is an
    ///   error.
    /// - Returns: false at the end.
    private func append(from descriptor: Int32, waits: Bool) throws(ImageError) -> Bool {
        while true {
            let result = read(descriptor, memory + count, capacity - count)
            if result >= 0 {
                count += result
                return result > 0
            }
            // Another reader drained the descriptor; treat it as no new data.
            if errno == EAGAIN, waits { return true }
            guard errno == EINTR else { throw .unreadable(SystemError(number: errno)) }
        }
    }

    private func grow(to capacity: Int) throws(ImageError) {
        guard let larger = realloc(memory, capacity) else { throw .outOfMemory }
        memory = larger
        self.capacity = capacity
    }
}

extension FileBytes {
    /// Reads a regular file: an image's whole; of anything else the beginning, however long it is.
    ///
    /// - Parameter limit: of the file's size, in bytes; it is part of the memory that its image may take.
    package static func reading(_ path: FilePath, limit: Int) throws(ImageError) -> FileBytes {
        // Without O_NONBLOCK a named pipe would keep us until somebody writes to it.
        let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { throw .unreadable(SystemError(number: errno)) }
        defer { close(descriptor) }
        guard let status = FileStatus(descriptor: descriptor) else { throw .unreadable(SystemError(number: errno)) }
        guard status.isRegular else { throw .notRegular(status.kind) }
        let bytes = try reading(descriptor, expected: status.size, limit: limit, wait: nil)!
        bytes.version = status.version
        return bytes
    }

    /// Reads an image to its end; of anything else the beginning, however long it goes on.
    ///
    /// - Parameters:
    ///   - expected: a guess at the size.
    ///   - limit: of the size, in bytes.
    ///   - wait: waits for something to read, and returns false to stop. Nil for a file that is always ready.
    /// - Returns: nil if `wait` returned false.
    package static func reading(
        _ descriptor: Int32, expected: Int = 0, limit: Int, wait: (() -> Bool)?
    ) throws(ImageError) -> FileBytes? {
        // Enough to tell what it is, before memory for the whole file is asked for.
        let bytes = try FileBytes(capacity: firstCapacity)
        while true {
            guard wait?() ?? true else { return nil }
            if bytes.count == bytes.capacity {
                guard max(bytes.count, expected) < limit else { throw .fileTooLarge(limit: limit) }
                // One byte more than the file has, so that its end is found without growing.
                try bytes.grow(to: min(max(2 * bytes.capacity, expected + 1), limit))
            }
            guard try bytes.append(from: descriptor, waits: wait != nil) else { return bytes }
            if bytes.count >= ImageFormat.sniffedBytes, !bytes.withUnsafeBytes({ ImageFormat($0).isDecodable }) { return bytes }
        }
    }

    /// The next `length` bytes, or fewer where the input ends before.
    ///
    /// - Parameter wait: waits for something to read, and says whether to go on.
    /// - Returns: nil if `wait` said no.
    package static func reading(_ length: Int, from descriptor: Int32, wait: () -> Bool) throws(ImageError) -> FileBytes? {
        // Memory is asked for as bytes come: a length alone costs nothing.
        let bytes = try FileBytes(capacity: max(1, min(length, firstCapacity)))
        while bytes.count < length {
            guard wait() else { return nil }
            if bytes.count == bytes.capacity { try bytes.grow(to: min(2 * bytes.capacity, length)) }
            guard try bytes.append(from: descriptor, waits: true) else { break }
        }
        return bytes
    }

    /// - Throws: ``ImageError`` if the bytes are not an image, or more than the options allow.
    package func decoded(_ options: DecodeOptions) throws(ImageError) -> RGBImage {
        try withUnsafeBytes { bytes throws(ImageError) in try decodeImage(bytes, options: options) }
    }
}
