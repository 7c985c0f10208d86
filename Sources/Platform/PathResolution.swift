extension FilePath {
    /// Returns true if both paths lead to one file, or will once it exists.
    package func namesSameFile(as other: FilePath) -> Bool {
        if let status = FileStatus(self) { return status.identity == FileStatus(other)?.identity }
        let (file, otherFile) = (resolvingLinks, other.resolvingLinks)
        guard file.lastComponent == otherFile.lastComponent, let directory = FileStatus(file.parent),
            let otherDirectory = FileStatus(otherFile.parent)
        else { return false }
        return directory.identity == otherDirectory.identity
    }

    /// The name after the last slash.
    package var lastComponent: ArraySlice<UInt8> {
        bytes.suffix(from: bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)
    }

    /// The path that a write ends up at: links are followed, the last one even if it dangles.
    package var resolvingLinks: FilePath {
        var path = self
        // Linux follows as many.
        for _ in 0..<40 {
            guard let next = path.followingLink else { break }
            path = next
        }
        return path
    }

    /// The target of the path if it is a link; else nil.
    package var followingLink: FilePath? {
        guard let target = linkTarget else { return nil }
        return target.bytes.first == UInt8(ascii: "/") || !bytes.contains(UInt8(ascii: "/"))
            ? target : parent.appending(target.bytes)
    }

    private var linkTarget: FilePath? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = withCString { path in
            buffer.withUnsafeMutableBytes { readlink(path, $0.bindMemory(to: CChar.self).baseAddress!, $0.count) }
        }
        return count > 0 ? FilePath(bytes: buffer[..<count]) : nil
    }
}

extension FilePath {
    /// The absolute path: below the working directory if it is relative, without `.` and repeated slashes. Links are
    /// followed only in a path with `..`, whose meaning they change.
    package var absolute: FilePath {
        var path = self
        if bytes.split(separator: UInt8(ascii: "/")).contains(where: { $0.elementsEqual("..".utf8) }) {
            let directory = lastComponent.elementsEqual("..".utf8) ? self : parent
            if let real = directory.withCString({ realpath($0, nil) }) {
                path = FilePath(cString: real)
                free(real)
                if directory != self { path = path.appending(Array(lastComponent)) }
            }
        }
        if path.bytes.first != UInt8(ascii: "/"), let directory = getcwd(nil, 0) {
            path = FilePath(cString: directory).appending(path.bytes)
            free(directory)
        }
        let parts = path.bytes.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
        return FilePath(bytes: [UInt8(ascii: "/")] + parts.joined(separator: [UInt8(ascii: "/")]))
    }

    /// Returns true if the path is that of a directory or of anything below it. Both must be absolute.
    package func isBelow(_ directory: FilePath) -> Bool {
        guard bytes.starts(with: directory.bytes) else { return false }
        return bytes.count == directory.bytes.count || directory.bytes.last == UInt8(ascii: "/")
            || bytes[directory.bytes.count] == UInt8(ascii: "/")
    }
}
