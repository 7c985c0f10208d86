import Platform

/// A file of JSON lines, locked against other runs.
struct GrowingFile {
    let path: FilePath
    let descriptor: Int32

    /// Opens the file, and makes it if there is none. Its content stays.
    ///
    /// - Throws: ``CommandError`` if it cannot be written to, or another run is writing to it.
    init(_ path: FilePath) throws(CommandError) {
        self.path = path
        var descriptor = path.withCString { open($0, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666) }
        // A pipe or a device may be open to writing alone.
        if descriptor < 0, errno == EACCES || errno == EINVAL {
            let error = errno
            descriptor = path.withCString { open($0, O_WRONLY | O_APPEND | O_CLOEXEC) }
            if descriptor < 0, errno == ENOENT { errno = error }
        }
        try StandardOutput.check(descriptor < 0 ? errno : 0, name: path.line)
        self.descriptor = descriptor
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            close(descriptor)
            throw .fatal("\(path.line): another run is writing to it; wait for its end, or name another file")
        }
    }

    /// Cuts the file off after `length` bytes.
    func truncate(to length: Int) throws(CommandError) {
        guard FileStatus(descriptor: descriptor)?.isRegular == true else { return }
        guard ftruncate(descriptor, off_t(length)) == 0 else {
            return try StandardOutput.check(errno, name: path.line)
        }
    }
}
