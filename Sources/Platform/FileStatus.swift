/// The identity of a file under all its names.
package struct FileIdentity: Hashable {
    package let device: UInt64
    package let inode: UInt64
}

/// The status of the file at a path.
package struct FileStatus {
    package let kind: Kind
    package let identity: FileIdentity
    /// The size in bytes.
    package let size: Int
    /// The time of the content's last change, in nanoseconds since 1970. Only for comparison: a date outside the range
    /// of these numbers wraps around.
    package let modificationTime: Int64
    /// The time of the last change of content or status, like ``modificationTime``. No program can set it.
    package let changeTime: Int64

    /// The kind of file, as a noun phrase.
    package enum Kind: String, Sendable {
        case regular = "a regular file"
        case directory = "a directory"
        case namedPipe = "a named pipe"
        case socket = "a socket"
        case device = "a device"
        case link = "a symbolic link"
    }

    package var isDirectory: Bool { kind == .directory }
    package var isRegular: Bool { kind == .regular }

    /// Reads the status of a path.
    ///
    /// - Parameter followsLinks: true to follow a symbolic link; otherwise it is a ``Kind/link``.
    package init(reading path: FilePath, followsLinks: Bool = true) throws(SystemError) {
        var status = stat()
        let result = path.withCString { followsLinks ? stat($0, &status) : lstat($0, &status) }
        guard result == 0 else { throw SystemError(number: errno) }
        self.init(status)
    }

    /// Reads the status and follows symbolic links. Nil if there is nothing at the path, or it is inaccessible.
    package init?(_ path: FilePath) {
        try? self.init(reading: path)
    }

    /// Reads the status without following a symbolic link, which is not a regular file.
    package init?(link path: FilePath) {
        var status = stat()
        guard path.withCString({ lstat($0, &status) }) == 0 else { return nil }
        self.init(status)
    }

    /// Reads the status of an open file.
    ///
    /// - Returns: nil if the descriptor is closed.
    package init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        kind = switch status.st_mode & S_IFMT {
        case S_IFREG: .regular
        case S_IFDIR: .directory
        case S_IFIFO: .namedPipe
        case S_IFSOCK: .socket
        case S_IFLNK: .link
        default: .device
        }
        identity = FileIdentity(device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino))
        size = Int(status.st_size)
        #if canImport(Darwin)
        modificationTime = Self.nanoseconds(status.st_mtimespec)
        changeTime = Self.nanoseconds(status.st_ctimespec)
        #else
        modificationTime = Self.nanoseconds(status.st_mtim)
        changeTime = Self.nanoseconds(status.st_ctim)
        #endif
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
