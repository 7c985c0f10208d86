import Images
import Platform

/// The images below a directory, in natural order. A file with an image's extension counts as one even if it is a
/// dangling link; reading it reports the error.
final class DirectorySource {
    private struct Level {
        let path: FilePath
        /// The path below the searched directory; empty at its own level.
        let relativePath: FilePath
        let identity: FileIdentity
        /// The next names in order.
        var names: ArraySlice<[UInt8]> = []
        /// The last name that was ever in `names`.
        var last: [UInt8]?
        var isComplete = false
    }

    /// The most names of a directory in memory: a larger directory is read once per window, so that memory does not
    /// grow with it. A million names take 61 readings of half a second each.
    private static let window = 1 << 14

    private let search: DirectorySearch
    private let met: MetFiles
    private var levels: [Level] = []
    private var failures: [ImageInput] = []
    private let readEntry: (DirectoryReader.Stream) -> UnsafeMutablePointer<dirent>?

    /// Opens a directory.
    ///
    /// - Parameters:
    ///   - met: the files of the run's other sources.
    ///   - readEntry: `readdir`, except in a test of its errors.
    init(
        _ path: FilePath, search: DirectorySearch = DirectorySearch(), met: MetFiles = MetFiles(),
        readEntry: @escaping (DirectoryReader.Stream) -> UnsafeMutablePointer<dirent>? = { readdir($0) }
    ) {
        self.search = search
        self.met = met
        self.readEntry = readEntry
        guard let status = FileStatus(path) else {
            failures.append(.failed(path, ImageFailure(systemError: errno)))
            return
        }
        if met.enter(status.identity) { enter(path, relativePath: FilePath(""), status.identity) }
    }

    func next() -> SourceEntry? {
        while true {
            if let failure = failures.popLast() { return .image(failure) }
            guard !levels.isEmpty else { return nil }
            guard let name = levels[levels.count - 1].names.popFirst() else {
                if levels[levels.count - 1].isComplete { levels.removeLast() } else { fill() }
                continue
            }
            if let entry = entry(name) { return entry }
        }
    }

    /// Examines a name in the deepest directory.
    ///
    /// - Returns: nil for a directory, which is searched next, and for a file that is an argument as well.
    private func entry(_ name: [UInt8]) -> SourceEntry? {
        let level = levels[levels.count - 1]
        let path = level.path.appending(name)
        guard search.includesHidden || name.first != UInt8(ascii: ".") else { return .skipped(path, .hidden) }
        let found: Found
        do throws(SystemError) {
            found = try Found(path)
        } catch where error.number == EACCES {
            // The directory is readable but not searchable, which applies to all its entries.
            levels.removeLast()
            return .image(.failed(level.path, ImageFailure(systemError: error.number)))
        } catch {
            return .image(.failed(path, ImageFailure(systemError: error.number)))
        }
        let relativePath = level.relativePath.bytes.isEmpty ? FilePath(bytes: name) : level.relativePath.appending(name)
        let isDirectory = found == .directory || found == .linkedDirectory
        guard !search.excludes(name: FilePath(bytes: name), path: relativePath, isDirectory: isDirectory) else {
            return .skipped(path, .excluded)
        }
        switch found {
        case .directory, .linkedDirectory:
            guard found == .directory || search.followsLinks else { return .skipped(path, .link) }
            guard levels.count < search.maximumDepth ?? .max else { return .skipped(path, .excluded) }
            return enterDirectory(path, relativePath: relativePath)
        case .file, .linkToNowhere:
            guard !met.isNamed(name, in: level.identity) else { return nil }
            return file(path, isMissing: found == .linkToNowhere)
        case .other: return .skipped(path, .notAnImage)
        case .unreachable(let error): return .image(.failed(path, ImageFailure(systemError: error)))
        }
    }

    /// The kind of a name in a directory.
    private enum Found: Equatable {
        case file, directory, linkedDirectory, linkToNowhere, other
        /// A link to an inaccessible place.
        case unreachable(Int32)

        init(_ path: FilePath) throws(SystemError) {
            var status = try FileStatus(reading: path, followsLinks: false)
            let isLink = status.kind == .link
            if isLink {
                do throws(SystemError) {
                    status = try FileStatus(reading: path)
                } catch {
                    self = [ENOENT, ENOTDIR, ELOOP].contains(error.number) ? .linkToNowhere : .unreachable(error.number)
                    return
                }
            }
            switch status.kind {
            case .regular: self = .file
            case .directory: self = isLink ? .linkedDirectory : .directory
            default: self = .other
            }
        }
    }

    private func enterDirectory(_ path: FilePath, relativePath: FilePath) -> SourceEntry? {
        guard let status = FileStatus(path) else { return .image(.failed(path, ImageFailure(systemError: errno))) }
        guard !levels.contains(where: { $0.identity == status.identity }) else { return .skipped(path, .cycle) }
        guard met.enter(status.identity) else { return .skipped(path, .repeated) }
        enter(path, relativePath: relativePath, status.identity)
        return nil
    }

    private func enter(_ path: FilePath, relativePath: FilePath, _ identity: FileIdentity) {
        levels.append(Level(path: path, relativePath: relativePath, identity: identity))
        fill()
    }

    /// Reads the next names of the deepest directory.
    private func fill() {
        var level = levels.removeLast()
        let reader: DirectoryReader
        do throws(SystemError) {
            reader = try DirectoryReader(level.path, readEntry: readEntry)
        } catch {
            failures.append(.failed(level.path, ImageFailure(systemError: error.number)))
            return
        }
        var names: [[UInt8]] = []
        var bound: [UInt8]?
        while true {
            let name: [UInt8]
            do throws(SystemError) {
                guard let next = try reader.next() else { break }
                name = next
            } catch {
                // The names read before the error count.
                failures.append(.failed(level.path, ImageFailure(systemError: error.number)))
                break
            }
            if let last = level.last, !precedes(last, name) { continue }
            if let bound, !precedes(name, bound) { continue }
            names.append(name)
            if names.count == 2 * Self.window {
                names.sort(by: precedes)
                names.removeSubrange(Self.window...)
                bound = names.last
            }
        }
        names.sort(by: precedes)
        level.isComplete = bound == nil && names.count <= Self.window
        level.names = names.prefix(Self.window)
        level.last = level.names.last
        levels.append(level)
    }

    /// Classifies a file by name, which a damaged image still has, or else by content.
    private func file(_ path: FilePath, isMissing: Bool) -> SourceEntry {
        func entry(_ obstacle: FormatWords?) -> SourceEntry {
            guard let obstacle else { return .image(.file(path)) }
            return .skipped(path, obstacle.isImage ? .unsupported(obstacle) : .notAnImage)
        }
        if let format = ReadableFormat(fileName: path.bytes) { return entry(format.obstacle(allowed: search.formats)) }
        guard !isMissing else { return .skipped(path, .notAnImage) }
        do throws(SystemError) {
            let start = try FileStart(of: path, count: ImageFormat.sniffedBytes)
            let format = start.bytes.withUnsafeBytes { ImageFormat($0) }
            // A raw file is recognised by its name.
            return entry(format == .tiff ? .tiff : format.obstacle(allowed: search.formats))
        } catch {
            return .image(.failed(path, ImageFailure(systemError: error.number)))
        }
    }
}
