import Platform

/// The input that a command line names.
struct ImageInputs: Sendable {
    let paths: [FilePath]
    /// The part of directories among ``paths`` that is searched.
    var search = DirectorySearch()
    /// A file of paths, or `-`.
    let list: FilePath?
    let isNULSeparated: Bool
    /// Whether images come on standard input, each after its length. There are no paths then.
    let isFramed: Bool
    /// All photos of a collection, in place of anything else.
    var collection: SharedCollection?

    /// Whether it is known beforehand that there is one image, which every thread then works on.
    var isSingleImage: Bool {
        paths.count == 1 && list == nil && FileStatus(paths[0])?.isDirectory != true
    }

    /// How messages call all of it.
    var line: String {
        let name = collection?.path ?? paths.first ?? list ?? .standardInput
        return name == .standardInput ? "standard input" : name.line
    }

    /// The files that are known to be read.
    var identities: Set<FileIdentity> {
        let named = paths + [list].compactMap(\.self) + (isFramed ? [.standardInput] : [])
        return Set(named.compactMap { path in
            (path == .standardInput ? FileStatus(descriptor: STDIN_FILENO) : FileStatus(path))?.identity
        })
    }

    /// Whether all paths can be had beforehand, without taking any away.
    var areForeseeable: Bool {
        guard let list else { return true }
        return list != .standardInput && FileStatus(list)?.isRegular == true
    }

    /// - Parameter limit: of a frame's bytes.
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

    /// How many images there are, by a look at all of them.
    ///
    /// - Returns: nil if that is not known without taking them, or at a cancellation.
    func count(until cancellation: Cancellation) -> Int? {
        guard !isFramed, areForeseeable, let source = try? openPaths(cancellation: cancellation) else { return nil }
        var count = 0
        while !cancellation.isRequested {
            guard let entry = try? source.next() else { return count }
            if case .image = entry { count += 1 }
        }
        return nil
    }

    /// Whether a file is known to be among the images. Those of a list are known if the paths are foreseeable.
    func contains(_ identity: FileIdentity) -> Bool {
        if identities.contains(identity) { return true }
        // Its photos are not read.
        guard collection == nil else { return false }
        guard let source = areForeseeable ? try? openPaths(cancellation: Cancellation()) : PathSource(paths, search: search) else { return false }
        while let entry = try? source.next() {
            guard case .image(let input) = entry, input.name.path != .standardInput else { continue }
            if FileStatus(input.name.path)?.identity == identity { return true }
        }
        return false
    }
}
