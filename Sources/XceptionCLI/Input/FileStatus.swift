#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Tells files apart, whatever they are called.
struct FileIdentity: Hashable {
    let device: UInt64
    let inode: UInt64
}

/// What a path leads to.
struct FileStatus {
    let isDirectory: Bool
    let isRegular: Bool
    let identity: FileIdentity

    /// Follows symbolic links. Nil if there is nothing at the path.
    init?(_ path: FilePath) {
        var status = stat()
        guard path.withCString({ stat($0, &status) }) == 0 else { return nil }
        self.init(status)
    }

    /// - Returns: nil if the descriptor is closed.
    init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        isDirectory = status.st_mode & S_IFMT == S_IFDIR
        isRegular = status.st_mode & S_IFMT == S_IFREG
        identity = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }
}
