import Images
import Platform

/// The images below a directory, in natural order. Hidden files and what is not an image are
/// skipped; links are followed, but not in circles. A name that says image is taken as one, even if
/// it is a link to nowhere: reading it will tell.
final class DirectorySource {
    private struct Level {
        let path: FilePath
        let identity: FileIdentity
        /// The next names in order.
        var names: ArraySlice<[UInt8]> = []
        /// The last name ever in `names`.
        var last: [UInt8]?
        var isComplete = false
    }

    /// Names held of a directory, at most: a larger directory is read once for each window, so that
    /// memory does not grow with it. A million names take 61 readings of half a second each.
    private static let window = 1 << 14

    private var levels: [Level] = []
    private var failures: [ImageInput] = []
    private let readEntry: (DirectoryReader.Stream) -> UnsafeMutablePointer<dirent>?

    /// - Parameter readEntry: `readdir`, except in a test of its errors.
    init(_ path: FilePath, readEntry: @escaping (DirectoryReader.Stream) -> UnsafeMutablePointer<dirent>? = { readdir($0) }) {
        self.readEntry = readEntry
        enter(path)
    }

    func next() -> SourceEntry? {
        while true {
            if let failure = failures.popLast() { return .image(failure) }
            guard !levels.isEmpty else { return nil }
            guard let name = levels[levels.count - 1].names.popFirst() else {
                if levels[levels.count - 1].isComplete { levels.removeLast() } else { fill() }
                continue
            }
            let path = levels[levels.count - 1].path.appending(name)
            guard name.first != UInt8(ascii: ".") else {
                return .skipped(path, .hidden)
            }
            let status: FileStatus?
            do throws(SystemError) {
                status = try FileStatus(reading: path)
            } catch {
                guard path.isReachable else {
                    // The directory may be read but not searched, or its path is as long as any may be:
                    // what is true of one entry is true of all.
                    levels.removeLast()
                    return .image(.failed(path.parent, ImageFailure(systemError: error.number)))
                }
                // A link to nowhere, or to where we may not go.
                guard [ENOENT, ENOTDIR, ELOOP].contains(error.number) else {
                    return .image(.failed(path, ImageFailure(systemError: error.number)))
                }
                status = nil
            }
            if let status, status.isDirectory {
                if levels.contains(where: { $0.identity == status.identity }) { return .skipped(path, .cycle) }
                enter(path)
            } else if status?.isRegular ?? true {
                return Self.reasonToSkip(path).map { .skipped(path, $0) } ?? .image(.file(path))
            } else {
                return .skipped(path, .notAnImage)
            }
        }
    }

    private func enter(_ path: FilePath) {
        guard let status = FileStatus(path) else {
            failures.append(.failed(path, ImageFailure(systemError: errno)))
            return
        }
        levels.append(Level(path: path, identity: status.identity))
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
                // The names that were read before it count.
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

    /// Images are told by name, which a damaged one still has, or else by content.
    private static func reasonToSkip(_ path: FilePath) -> SkipReason? {
        let name = path.bytes.suffix(5).map { $0 | 0x20 }
        if [".jpg", ".jpeg", ".png"].contains(where: { name.reversed().starts(with: $0.utf8.reversed()) }) { return nil }
        guard let file = path.withCString({ fopen($0, "re") }) else { return .notAnImage }
        defer { fclose(file) }
        var start = [UInt8](repeating: 0, count: ImageFormat.sniffedBytes)
        let count = fread(&start, 1, start.count, file)
        switch start[..<count].withUnsafeBytes({ ImageFormat($0) }) {
        case .jpeg, .png: return nil
        case .other(let format): return format.isImage ? .unsupported(format) : .notAnImage
        }
    }
}
