/// One image to classify, or what stands in its way before it is even opened.
enum ImageInput {
    case file(FilePath)
    case standardInput
    case failed(FilePath, ImageFailure)

    var path: FilePath {
        switch self {
        case .file(let path), .failed(let path, _): path
        case .standardInput: FilePath(argument: "-")
        }
    }
}

/// Images in the order in which they are to be answered.
protocol ImageSource: AnyObject {
    /// The next image, or nil at the end. May wait for it.
    func next() -> ImageInput?
}

/// One source after the other.
final class ChainedSource: ImageSource {
    private var sources: ArraySlice<any ImageSource>

    init(_ sources: [any ImageSource]) {
        self.sources = sources[...]
    }

    func next() -> ImageInput? {
        while let source = sources.first {
            if let input = source.next() { return input }
            sources.removeFirst()
        }
        return nil
    }
}

/// Paths as a user names them: files, directories, or `-`.
final class PathSource: ImageSource {
    private var paths: ArraySlice<FilePath>
    private var directory: DirectorySource?

    init(_ paths: [FilePath]) {
        self.paths = paths[...]
    }

    func next() -> ImageInput? {
        while true {
            if let input = directory?.next() { return input }
            directory = nil
            guard let path = paths.popFirst() else { return nil }
            if path.bytes == Array("-".utf8) { return .standardInput }
            guard FileStatus(path)?.isDirectory == true else { return .file(path) }
            directory = DirectorySource(path)
        }
    }
}
