import Platform

/// The input of a command line.
struct RunInput: Sendable {
    let paths: [FilePath]
    /// The part of the directories among ``paths`` that is searched.
    var search = DirectorySearch()
    /// A file of paths, or `-`.
    let list: FilePath?
    let isNULSeparated: Bool
    /// True if images come on standard input, each after its length; there are no paths then.
    let isFramed: Bool
    /// A collection whose photos replace all other input.
    var collection: SharedCollection?

    /// True if the input is known to be one image, which all threads then work on.
    var isSingleImage: Bool {
        paths.count == 1 && list == nil && FileStatus(paths[0])?.isDirectory != true
    }

    /// The input as messages call it.
    var line: String {
        let name = collection?.path ?? paths.first ?? list ?? .standardInput
        return name == .standardInput ? "standard input" : name.line
    }

    /// The identities of the files that are known to be read.
    var identities: Set<FileIdentity> {
        let named = paths + [list].compactMap(\.self) + (isFramed ? [.standardInput] : [])
        return Set(named.compactMap { path in
            (path == .standardInput ? FileStatus(descriptor: STDIN_FILENO) : FileStatus(path))?.identity
        })
    }

    /// True if all paths can be listed beforehand without consuming any.
    var canBeListedAhead: Bool {
        guard let list else { return true }
        return list != .standardInput && FileStatus(list)?.isRegular == true
    }

    /// Opens the input.
    ///
    /// - Parameter limit: the most bytes of a frame.
    /// - Throws: ``CommandError`` if the list cannot be opened.
    func open(limit: Int, cancellation: Cancellation) throws(CommandError) -> any ImageSource {
        guard !isFramed else { return FrameSource(descriptor: STDIN_FILENO, limit: limit, cancellation: cancellation) }
        return try openPaths(cancellation: cancellation)
    }

    private func openPaths(cancellation: Cancellation) throws(CommandError) -> any ImageSource {
        if let collection { return CollectionSource(collection) }
        guard let list else { return PathSource(paths, search: search) }
        var descriptor = STDIN_FILENO
        if list != .standardInput {
            descriptor = list.withCString { Platform.open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
            guard descriptor >= 0 else { throw .fatal("\(list.line): \(ImageFailure(systemError: errno).message)") }
        }
        return ChainedSource([
            ListSource(name: list, descriptor: descriptor, isNULSeparated: isNULSeparated, cancellation: cancellation),
            PathSource(paths, search: search),
        ])
    }

    /// Counts the images by searching all directories.
    ///
    /// - Returns: nil if counting would consume them, or after a cancellation.
    func count(until cancellation: Cancellation) -> Int? {
        guard !isFramed, canBeListedAhead, let source = try? openPaths(cancellation: cancellation) else { return nil }
        var count = 0
        while !cancellation.isRequested {
            guard let entry = try? source.next() else { return count }
            if case .image = entry { count += 1 }
        }
        return nil
    }

    /// Returns true if a file is known to be among the images. Files of a list are known if they can be listed ahead.
    func contains(_ identity: FileIdentity) -> Bool {
        if identities.contains(identity) { return true }
        // A collection's photos are not read.
        guard collection == nil else { return false }
        guard
            let source = canBeListedAhead
                ? try? openPaths(cancellation: Cancellation()) : PathSource(paths, search: search)
        else { return false }
        while let entry = try? source.next() {
            guard case .image(let input) = entry, input.name.path != .standardInput else { continue }
            if FileStatus(input.name.path)?.identity == identity { return true }
        }
        return false
    }
}
