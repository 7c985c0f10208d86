import CRename
import Platform

/// A new file beside the one that it will replace.
///
/// Its name is random and it is opened with O_EXCL and O_NOFOLLOW; it takes the permissions of the file it replaces.
final class TemporaryFile {
    let descriptor: Int32
    private let target: FilePath
    private let path: FilePath
    /// The file to replace, as it was when the run began.
    private let before: FileStatus?
    private var isMine = true

    private static let longestName = 255

    /// Makes the file.
    ///
    /// - Parameter target: the path to replace, which is not a link.
    init(for target: FilePath) throws(SystemError) {
        self.target = target
        var status = stat()
        let exists = target.withCString { stat($0, &status) } == 0
        before = exists ? FileStatus(target) : nil
        while true {
            let path = Self.name(for: target)
            // A replacement starts inaccessible to others; a new file follows the umask.
            let descriptor = path.withCString {
                open($0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, exists ? 0o600 : 0o666)
            }
            if descriptor < 0, errno == EEXIST { continue }
            guard descriptor >= 0 else { throw SystemError(number: errno) }
            self.descriptor = descriptor
            self.path = path
            break
        }
        if exists {
            // Only root may give files away; other users own the new file.
            _ = fchown(descriptor, status.st_uid, status.st_gid)
            _ = fchmod(descriptor, status.st_mode & 0o777)
        }
    }

    deinit {
        remove()
        close(descriptor)
    }

    /// True if there was a file to replace that is not empty.
    var replacesSomething: Bool { before.map { $0.size > 0 } ?? false }

    /// Returns `NAME.xxxxxxxx.partial` for `NAME`, cut if it exceeds the system's limit.
    private static func name(for target: FilePath) -> FilePath {
        let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
        let suffix = [UInt8(ascii: ".")] + (0..<8).map { _ in digits.randomElement()! } + Array(".partial".utf8)
        let name = target.bytes.suffix(from: target.bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)
        return FilePath(
            bytes: target.bytes[..<name.startIndex] + Array(name.prefix(longestName - suffix.count)) + suffix)
    }

    /// Renames the file to its target.
    ///
    /// A file that appeared under the name since the run began is checked again when it can no longer be swapped for
    /// another: the two names are exchanged in one step, and back if the other file must stay.
    ///
    /// - Parameter isReplaceable: returns true for a file that may be replaced although it appeared during the run.
    /// - Returns: false if there is a file that may not be replaced; both files then keep their names.
    func moveIntoPlace(replacing isReplaceable: (FilePath) -> Bool) throws(SystemError) -> Bool {
        func mayGo(_ file: FilePath) -> Bool {
            guard let status = FileStatus(link: file), status.isRegular else { return false }
            return status.identity == before?.identity && status.version == before?.version || isReplaceable(file)
        }
        while true {
            if try rename(to: target, exchanging: false) { break }
            guard mayGo(target) else { return false }
            // The other file has gone in the meantime.
            guard try rename(to: target, exchanging: true) else { continue }
            // If the system cannot exchange names, nothing is left under this one.
            if FileStatus(link: path) == nil || mayGo(path) {
                _ = path.withCString { unlink($0) }
                break
            }
            _ = try rename(to: target, exchanging: true)
            return false
        }
        isMine = false
        // The new name, too, should survive a power failure; not all systems can flush directories.
        let directory = target.parent.withCString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard directory >= 0 else { return true }
        fsync(directory)
        close(directory)
        return true
    }

    /// Renames the file, or exchanges the names.
    ///
    /// - Returns: false if the target exists and is not to be exchanged, or does not exist and is.
    private func rename(to target: FilePath, exchanging: Bool) throws(SystemError) -> Bool {
        let error = path.withCString { from in
            target.withCString { exchanging ? rename_exchanging(from, $0) : rename_exclusively(from, $0) }
        }
        switch error {
        case 0: return true
        case EEXIST where !exchanging, ENOENT where exchanging: return false
        default: throw SystemError(number: error)
        }
    }

    /// Keeps the file under its temporary name.
    ///
    /// - Returns: its path.
    func keep() -> FilePath {
        isMine = false
        return path
    }

    func remove() {
        guard isMine else { return }
        isMine = false
        _ = path.withCString { unlink($0) }
    }
}
