import Platform

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
    /// Whether ``next()`` has something to say at once.
    var isReady: Bool { get }
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

    var isReady: Bool { sources.first?.isReady ?? true }
}

/// Paths as a user names them: files, directories, or `-`.
final class PathSource: ImageSource {
    private var paths: ArraySlice<FilePath>
    private var directory: DirectorySource?
    private let didPassOver: (PassedOver, FilePath) -> Void

    /// - Parameter didPassOver: told of what a directory holds beside images.
    init(_ paths: [FilePath], didPassOver: @escaping (PassedOver, FilePath) -> Void) {
        self.paths = paths[...]
        self.didPassOver = didPassOver
    }

    func next() -> ImageInput? {
        while true {
            if let input = directory?.next() { return input }
            directory = nil
            guard let path = paths.popFirst() else { return nil }
            if path.bytes == Array("-".utf8) { return .standardInput }
            guard FileStatus(path)?.isDirectory == true else { return .file(path) }
            directory = DirectorySource(path, didPassOver: didPassOver)
        }
    }

    var isReady: Bool { true }
}
