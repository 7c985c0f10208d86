import Platform

/// A new file beside the one that it will replace. Nobody can foresee its name or have it lead
/// elsewhere, and it is as readable to others as what it replaces.
final class TemporaryFile {
    let descriptor: Int32
    private let target: FilePath
    private let path: FilePath
    /// Whether there is a file to replace that is not empty.
    let replacesSomething: Bool
    private var isMine = true

    private static let longestName = 255

    init(for target: FilePath) throws(SystemError) {
        self.target = target
        var status = stat()
        let exists = target.withCString { stat($0, &status) } == 0
        replacesSomething = exists && status.st_size > 0
        while true {
            let path = Self.name(for: target)
            // What replaces a file starts closed to others; what is new is as the umask says.
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
            // Only root may give files away; everybody else owns the new one.
            _ = fchown(descriptor, status.st_uid, status.st_gid)
            _ = fchmod(descriptor, status.st_mode & 0o777)
        }
    }

    deinit {
        remove()
        close(descriptor)
    }

    /// `NAME.xxxxxxxx.partial` beside `NAME`, cut where the system's limit asks for it.
    private static func name(for target: FilePath) -> FilePath {
        let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
        let suffix = [UInt8(ascii: ".")] + (0..<8).map { _ in digits.randomElement()! } + Array(".partial".utf8)
        let name = target.bytes.suffix(from: target.bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)
        return FilePath(bytes: target.bytes[..<name.startIndex] + Array(name.prefix(longestName - suffix.count)) + suffix)
    }

    func moveIntoPlace() throws(SystemError) {
        guard path.withCString({ from in target.withCString { rename(from, $0) } }) == 0 else {
            throw SystemError(number: errno)
        }
        isMine = false
        // The new name, too, should survive a power failure; where directories cannot be flushed, so be it.
        let directory = target.parent.withCString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }

    /// - Returns: where the file stays.
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
