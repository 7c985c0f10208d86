/// Reads the names in a directory, in the system's order.
package final class DirectoryReader {
    /// The type that `opendir` returns.
    #if canImport(Darwin)
    package typealias Stream = UnsafeMutablePointer<DIR>
    #else
    package typealias Stream = OpaquePointer
    #endif

    private let stream: Stream
    private let readEntry: (Stream) -> UnsafeMutablePointer<dirent>?

    /// Opens a directory.
    ///
    /// - Parameter readEntry: `readdir`, except in a test of its errors.
    package init(
        _ path: FilePath, readEntry: @escaping (Stream) -> UnsafeMutablePointer<dirent>? = { readdir($0) }
    ) throws(SystemError) {
        guard let stream = path.withCString({ opendir($0) }) else { throw SystemError(number: errno) }
        self.stream = stream
        self.readEntry = readEntry
    }

    deinit { closedir(stream) }

    /// Returns the next name except `.` and `..`, or nil at the end.
    package func next() throws(SystemError) -> [UInt8]? {
        while true {
            errno = 0
            guard let entry = readEntry(stream) else {
                guard errno == 0 else { throw SystemError(number: errno) }
                return nil
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: UInt8.self, capacity: Int(NAME_MAX) + 1) { name in
                    Array(
                        UnsafeBufferPointer(
                            start: name, count: strlen(UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))))
                }
            }
            if name != [UInt8(ascii: ".")], name != Array("..".utf8) { return name }
        }
    }
}
