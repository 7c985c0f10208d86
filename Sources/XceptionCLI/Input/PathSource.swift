import Platform

/// Paths given by a user: files, directories, or `-`. Each file is returned once.
final class PathSource: ImageSource {
    private var paths: ArraySlice<FilePath>
    private let search: DirectorySearch
    private let met: MetFiles
    private var directory: DirectorySource?
    private var hasReadStandardInput = false

    init(_ paths: [FilePath], search: DirectorySearch = DirectorySearch()) {
        self.paths = paths[...]
        self.search = search
        met = MetFiles(paths)
    }

    func next() throws(CommandError) -> SourceEntry? {
        while true {
            if let entry = directory?.next() { return entry }
            directory = nil
            guard let path = paths.popFirst() else { return nil }
            if path == .standardInput {
                guard !hasReadStandardInput else { return .skipped(path, .repeated) }
                hasReadStandardInput = true
                return .image(.standardInput)
            }
            let status = FileStatus(path)
            if status?.isDirectory == true {
                directory = DirectorySource(path, search: search, met: met)
            } else {
                guard met.answer(path) else { return .skipped(path, .repeated) }
                return .image(status?.isRegular ?? true ? .file(path) : .stream(path))
            }
        }
    }

    var isReady: Bool { true }
}
