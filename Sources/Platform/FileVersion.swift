/// A stamp that distinguishes an old content of a file from a new one without reading it.
package struct FileVersion: Hashable, Sendable {
    /// The size in bytes.
    package let size: Int
    /// The time of modification, in nanoseconds since 1970, as ``FileStatus/modificationTime``.
    package let modificationTime: Int64

    package init(size: Int, modificationTime: Int64) {
        self.size = size
        self.modificationTime = modificationTime
    }
}

extension FileStatus {
    package var version: FileVersion { FileVersion(size: size, modificationTime: modificationTime) }
}
