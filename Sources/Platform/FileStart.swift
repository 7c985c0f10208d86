/// The first bytes of a file.
package struct FileStart {
    package let bytes: [UInt8]

    /// Reads the available bytes without waiting: a file that would block is an error.
    ///
    /// - Parameter count: the most bytes to read.
    package init(of path: FilePath, count: Int) throws(SystemError) {
        let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { throw SystemError(number: errno) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        var end = 0
        while end < count {
            let result = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + end, count - end) }
            guard result >= 0 || errno == EINTR else { throw SystemError(number: errno) }
            if result == 0 { break }
            end += max(0, result)
        }
        self.bytes = Array(bytes[..<end])
    }
}
