/// Reads the names in a directory, in the order in which the system gives them.
package final class DirectoryReader {
    /// What `opendir` opens.
    #if canImport(Darwin)
    package typealias Stream = UnsafeMutablePointer<DIR>
    #else
    package typealias Stream = OpaquePointer
    #endif

    private let stream: Stream
    private let readEntry: (Stream) -> UnsafeMutablePointer<dirent>?

    /// - Parameter readEntry: `readdir`, except in a test of its errors.
    package init(
        _ path: FilePath, readEntry: @escaping (Stream) -> UnsafeMutablePointer<dirent>? = { readdir($0) }
    ) throws(SystemError) {
        guard let stream = path.withCString({ opendir($0) }) else { throw SystemError(number: errno) }
        self.stream = stream
        self.readEntry = readEntry
    }

    deinit { closedir(stream) }

    /// The next name but `.` and `..`, or nil at the end.
    package func next() throws(SystemError) -> [UInt8]? {
        while true {
            errno = 0
            guard let entry = readEntry(stream) else {
                guard errno == 0 else { throw SystemError(number: errno) }
                return nil
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: UInt8.self, capacity: Int(NAME_MAX) + 1) { name in
                    Array(UnsafeBufferPointer(start: name, count: strlen(UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))))
                }
            }
            if name != [UInt8(ascii: ".")], name != Array("..".utf8) { return name }
        }
    }
}
