import ModelFiles
import Platform

/// A hash of a file's first and last 64 KiB and its size, which identifies a file that was moved.
package struct ContentHash: Equatable, Sendable {
    /// The first 64 bits of the SHA-256, the first byte highest.
    package let value: Int

    private static let end = 1 << 16

    package init(value: Int) {
        self.value = value
    }

    /// Hashes a file.
    ///
    /// - Parameter file: the whole content.
    package init(file: UnsafeRawBufferPointer) {
        self.init(
            first: UnsafeRawBufferPointer(rebasing: file.prefix(Self.end)),
            last: UnsafeRawBufferPointer(rebasing: file.dropFirst(Self.end).suffix(Self.end)))
    }

    private init(first: UnsafeRawBufferPointer, last: UnsafeRawBufferPointer) {
        var hash = SHA256()
        hash.update(first)
        if !last.isEmpty { hash.update(last) }
        value = Int(bitPattern: UInt(hash.finish().prefix(16), radix: 16)!)
    }

    /// Reads the two ends of a file.
    ///
    /// - Returns: nil if the file cannot be read, or is shorter than `size`.
    package init?(of path: FilePath, size: Int) {
        let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        func read(_ count: Int, at offset: Int) -> [UInt8]? {
            var bytes = [UInt8](repeating: 0, count: count)
            var filled = 0
            while filled < count {
                let result = bytes.withUnsafeMutableBytes {
                    pread(descriptor, $0.baseAddress! + filled, count - filled, off_t(offset + filled))
                }
                if result < 0, errno == EINTR { continue }
                guard result > 0 else { return nil }
                filled += result
            }
            return bytes
        }
        let firstCount = min(size, Self.end)
        let lastCount = min(size - firstCount, Self.end)
        guard let first = read(firstCount, at: 0), let last = read(lastCount, at: size - lastCount) else { return nil }
        self = first.withUnsafeBytes { first in last.withUnsafeBytes { last in ContentHash(first: first, last: last) } }
    }
}
