import Images
import Platform

/// The part of a directory that is searched. Files given as arguments are always included.
struct DirectorySearch: Sendable {
    /// True to follow symbolic links to directories. Links to files are always followed.
    var followsLinks = false
    var includesHidden = false
    /// The number of levels of directories to read: 1 for the directory itself. Nil for all.
    var maximumDepth: Int?
    /// The files to include, if there are any patterns.
    var include: [Glob] = []
    /// The files and directories to leave out.
    var exclude: [Glob] = []
    /// The image formats to include.
    var formats = Set(ReadableFormat.allCases)

    /// Returns true for a file or directory that is left out.
    ///
    /// - Parameters:
    ///   - name: the name of the file or directory.
    ///   - path: its path below the searched directory.
    func excludes(name: FilePath, path: FilePath, isDirectory: Bool) -> Bool {
        func matches(_ glob: Glob) -> Bool { glob.matches(name: name, path: path, isDirectory: isDirectory) }
        if exclude.contains(where: matches) { return true }
        return !isDirectory && !include.isEmpty && !include.contains(where: matches)
    }
}

/// The files and directories of a run so far. Each file is classified once, however many arguments lead to it.
///
/// A file is a name in a directory: other names of the same data, such as links, are files of their own.
final class MetFiles {
    struct Entry: Hashable {
        let directory: FileIdentity
        let name: [UInt8]
    }

    /// The directories searched so far.
    private var directories: Set<FileIdentity> = []
    /// The files given as arguments, which are not repeated when their directory is searched.
    private let named: Set<Entry>
    private var answered: Set<Entry> = []
    /// The arguments' directories, by their spelling.
    private var parents: [FilePath: FileIdentity?] = [:]

    /// Starts a run.
    ///
    /// - Parameter paths: the arguments.
    init(_ paths: [FilePath] = []) {
        var parents: [FilePath: FileIdentity?] = [:]
        // A single argument meets no other.
        named = paths.count > 1 ? Set(paths.compactMap { Self.entry($0, &parents) }) : []
        self.parents = parents
    }

    /// Adds a directory.
    ///
    /// - Returns: false if the directory was searched before.
    func enter(_ directory: FileIdentity) -> Bool { directories.insert(directory).inserted }

    /// Adds an argument.
    ///
    /// - Returns: false if the argument was answered before.
    func answer(_ path: FilePath) -> Bool {
        guard !named.isEmpty, let entry = Self.entry(path, &parents) else { return true }
        return answered.insert(entry).inserted
    }

    /// Returns true if the file is an argument as well.
    func isNamed(_ name: [UInt8], in directory: FileIdentity) -> Bool {
        !named.isEmpty && named.contains(Entry(directory: directory, name: name))
    }

    /// Returns the path's directory and name; nil if the directory is inaccessible.
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
