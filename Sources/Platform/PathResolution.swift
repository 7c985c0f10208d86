extension FilePath {
    /// Returns true if both paths lead to one file, or will once it is made.
    package func namesSameFile(as other: FilePath) -> Bool {
        if let status = FileStatus(self) { return status.identity == FileStatus(other)?.identity }
        let (file, otherFile) = (resolvingLinks, other.resolvingLinks)
        guard file.lastComponent == otherFile.lastComponent, let directory = FileStatus(file.parent),
            let otherDirectory = FileStatus(otherFile.parent)
        else { return false }
        return directory.identity == otherDirectory.identity
    }

    /// Returns true if the path's directory can be searched. There may be nothing at the path.
    package var isReachable: Bool {
        var status = stat()
        return withCString { lstat($0, &status) } == 0 || errno == ENOENT
    }

    /// The name after the last slash.
    package var lastComponent: ArraySlice<UInt8> {
        bytes.suffix(from: bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)
    }

    /// The path that a write ends up at: links are followed, the last one even if it leads to nothing yet.
    package var resolvingLinks: FilePath {
        var path = self
        // As many as Linux follows.
        for _ in 0..<40 {
            guard let target = path.linkTarget else { break }
            path = target.bytes.first == UInt8(ascii: "/") || !path.bytes.contains(UInt8(ascii: "/"))
                ? target : path.parent.appending(target.bytes)
        }
        return path
    }

    private var linkTarget: FilePath? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = withCString { path in
            buffer.withUnsafeMutableBytes { readlink(path, $0.bindMemory(to: CChar.self).baseAddress!, $0.count) }
        }
        return count > 0 ? FilePath(bytes: buffer[..<count]) : nil
    }
}
