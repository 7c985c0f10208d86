import Images
import Platform

/// The part of a directory that is searched. Files that are named themselves are always taken.
struct DirectorySearch: Sendable {
    /// Whether symbolic links to directories are followed. Links to files always are.
    var followsLinks = false
    var includesHidden = false
    /// Levels of directories that are read: with 1, the directory itself. Nil for all.
    var maximumDepth: Int?
    /// Files that are taken, if there are any patterns.
    var include: [Glob] = []
    /// Files and directories that are left out.
    var exclude: [Glob] = []
    /// Formats of images that are taken.
    var formats = Set(ReadableFormat.allCases)

    /// - Parameters:
    ///   - name: of the file or directory.
    ///   - path: below the directory that was named.
    func excludes(name: FilePath, path: FilePath, isDirectory: Bool) -> Bool {
        func matches(_ glob: Glob) -> Bool { glob.matches(name: name, path: path, isDirectory: isDirectory) }
        if exclude.contains(where: matches) { return true }
        return !isDirectory && !include.isEmpty && !include.contains(where: matches)
    }
}

/// What a run has met, so that each file is classified once however many arguments lead to it.
///
/// A file is a name in a directory: other names of the same data, which are links, are files of their own.
final class MetFiles {
    struct Entry: Hashable {
        let directory: FileIdentity
        let name: [UInt8]
    }

    /// Directories that were searched.
    private var directories: Set<FileIdentity> = []
    /// Files that are named as arguments, which are not taken again where a directory holds them.
    private let named: Set<Entry>
    private var answered: Set<Entry> = []
    /// Directories of the arguments, by their spelling.
    private var parents: [FilePath: FileIdentity?] = [:]

    /// - Parameter paths: the arguments.
    init(_ paths: [FilePath] = []) {
        var parents: [FilePath: FileIdentity?] = [:]
        // One argument has no other to meet.
        named = paths.count > 1 ? Set(paths.compactMap { Self.entry($0, &parents) }) : []
        self.parents = parents
    }

    /// - Returns: false if the directory was searched before.
    func enter(_ directory: FileIdentity) -> Bool { directories.insert(directory).inserted }

    /// - Returns: false if the argument is one that was answered before.
    func answer(_ path: FilePath) -> Bool {
        guard !named.isEmpty, let entry = Self.entry(path, &parents) else { return true }
        return answered.insert(entry).inserted
    }

    /// Returns true if the file is an argument, too.
    func isNamed(_ name: [UInt8], in directory: FileIdentity) -> Bool {
        !named.isEmpty && named.contains(Entry(directory: directory, name: name))
    }

    /// Nil if the path's directory cannot be looked at.
    private static func entry(_ path: FilePath, _ parents: inout [FilePath: FileIdentity?]) -> Entry? {
        let parent = path.parent
        let identity: FileIdentity?
        if let known = parents[parent] {
            identity = known
        } else {
            identity = FileStatus(parent)?.identity
            parents[parent] = .some(identity)
        }
        return identity.map { Entry(directory: $0, name: Array(path.lastComponent)) }
    }
}
