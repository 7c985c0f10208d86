import Platform

/// One key for all spellings of a path: `a.jpg`, `./a.jpg`, `folder/../a.jpg` and the absolute path.
///
/// Links to directories are followed; a link to a file is a file of its own.
struct PathIdentities {
    /// The directories so far, and their absolute paths.
    private var directories: [[UInt8]: [UInt8]] = [:]

    /// Returns a 64-bit hash: among a million paths the chance that any two collide is 3 in 100 million.
    mutating func key(of path: FilePath) -> Int {
        let name = Array(path.lastComponent)
        let directory = path.parent
        if let known = directories[directory.bytes] { return (known + name).hashValue }
        let absolute = Self.absolute(directory).bytes + [UInt8(ascii: "/")]
        directories[directory.bytes] = absolute
        return (absolute + name).hashValue
    }

    /// Returns the directory's path without links; if it is gone, its path simplified as text.
    private static func absolute(_ directory: FilePath) -> FilePath {
        if let resolved = directory.withCString({ realpath($0, nil) }) {
            defer { free(resolved) }
            return FilePath(cString: resolved)
        }
        if directory.bytes.first == UInt8(ascii: "/") { return FilePath(bytes: simplified(directory.bytes)) }
        guard let current = realpath(".", nil) else { return directory }
        defer { free(current) }
        return FilePath(bytes: simplified(FilePath(cString: current).appending(directory.bytes).bytes))
    }

    /// Returns the path without empty components and `.`.
    private static func simplified(_ path: [UInt8]) -> [UInt8] {
        path.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }.flatMap {
            [UInt8(ascii: "/")] + $0
        }
    }
}
