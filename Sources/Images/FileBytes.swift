import Platform

/// The content of a file. Running out of memory is an error here; an `Array` would end the process.
package final class FileBytes {
    private var memory: UnsafeMutableRawPointer
    private var capacity: Int
    package private(set) var count = 0
    /// The version of the regular file when it was opened.
    package private(set) var version: FileVersion?

    private static let firstCapacity = 1 << 16

    private init(capacity: Int) throws(ImageError) {
        guard let memory = AddressSpace.block(of: capacity, { malloc(capacity) }) else { throw .outOfMemory }
        self.memory = memory
        self.capacity = capacity
    }

    deinit { free(memory) }

    package func withUnsafeBytes<Result, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: memory, count: count))
    }

    /// Reads the available bytes, up to the free capacity.
    ///
    /// - Parameter waits: true to wait for data. Otherwise a file that is not ready is an error.
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
        guard let larger = AddressSpace.block(of: capacity, { realloc(memory, capacity) }) else { throw .outOfMemory }
        memory = larger
        self.capacity = capacity
    }
}

extension FileBytes {
    /// Reads a regular file: all of it if it starts like an image, otherwise only the beginning.
    ///
    /// - Parameter limit: the largest file size in bytes; it is part of the memory that its image may take.
    package static func reading(_ path: FilePath, limit: Int) throws(ImageError) -> FileBytes {
        // Without O_NONBLOCK a named pipe would block until a writer opens it.
        let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { throw .unreadable(SystemError(number: errno)) }
        defer { close(descriptor) }
        guard let status = FileStatus(descriptor: descriptor) else { throw .unreadable(SystemError(number: errno)) }
        guard status.isRegular else { throw .notRegular(status.kind) }
        let bytes = try reading(descriptor, expected: status.size, limit: limit, wait: nil)!
        bytes.version = status.version
        return bytes
    }

    /// Reads an image to its end. Of anything else it reads only the beginning.
    ///
    /// - Parameters:
    ///   - expected: a guess at the size.
    ///   - limit: the largest size in bytes.
    ///   - wait: waits for data, and returns false to stop. Nil for a file that is always ready.
    /// - Returns: nil if `wait` returned false.
    package static func reading(
        _ descriptor: Int32, expected: Int = 0, limit: Int, wait: (() -> Bool)?
    ) throws(ImageError) -> FileBytes? {
        // Enough to detect the format before memory for the whole file is allocated.
        let bytes = try FileBytes(capacity: firstCapacity)
        while true {
            guard wait?() ?? true else { return nil }
            if bytes.count == bytes.capacity {
                guard max(bytes.count, expected) < limit else { throw .fileTooLarge(limit: limit) }
                // One byte more than the file has, so that its end is found without growing.
                try bytes.grow(to: min(max(2 * bytes.capacity, expected + 1), limit))
            }
            guard try bytes.append(from: descriptor, waits: wait != nil) else { return bytes }
            let isKnown = bytes.count >= ImageFormat.sniffedBytes
            if isKnown, !bytes.withUnsafeBytes({ ImageFormat($0).isDecodable }) { return bytes }
        }
    }

    /// Reads the next `length` bytes, or fewer if the input ends first.
    ///
    /// - Parameter wait: waits for data, and returns false to stop.
    /// - Returns: nil if `wait` returned false.
    package static func reading(
        _ length: Int, from descriptor: Int32, wait: () -> Bool
    ) throws(ImageError) -> FileBytes? {
        // Memory is allocated as bytes arrive: a length alone costs nothing.
        let bytes = try FileBytes(capacity: max(1, min(length, firstCapacity)))
        while bytes.count < length {
            guard wait() else { return nil }
            if bytes.count == bytes.capacity { try bytes.grow(to: min(2 * bytes.capacity, length)) }
            guard try bytes.append(from: descriptor, waits: true) else { break }
        }
        return bytes
    }

    /// Decodes the image.
    ///
    /// - Throws: ``ImageError`` if the bytes are not an image or exceed a limit.
    package func decoded(_ options: DecodeOptions) throws(ImageError) -> RGBImage {
        try withUnsafeBytes { bytes throws(ImageError) in try decodeImage(bytes, options: options) }
    }
}
