import Platform

/// Paths as a user names them: files, directories, or `-`.
final class PathSource: ImageSource {
    private var paths: ArraySlice<FilePath>
    private var directory: DirectorySource?

    init(_ paths: [FilePath]) {
        self.paths = paths[...]
    }

    func next() throws(CommandError) -> SourceEntry? {
        while true {
            if let entry = directory?.next() { return entry }
            directory = nil
            guard let path = paths.popFirst() else { return nil }
            if path == .standardInput { return .image(.standardInput) }
            guard let status = FileStatus(path) else { return .image(.file(path)) }
            if status.isDirectory {
                directory = DirectorySource(path)
            } else {
                return .image(status.isRegular ? .file(path) : .stream(path))
            }
        }
    }

    var isReady: Bool { true }
}
