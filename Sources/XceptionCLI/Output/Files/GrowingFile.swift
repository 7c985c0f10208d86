import Platform

/// A file of JSON lines, locked against other runs.
struct GrowingFile {
    let path: FilePath
    let descriptor: Int32

    /// Opens the file, or makes it. Its content stays.
    ///
    /// - Throws: ``CommandError`` if it cannot be written to, or another run is writing to it.
    init(_ path: FilePath) throws(CommandError) {
        self.path = path
        while true {
            let descriptor = path.withCString { open($0, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o666) }
            try checkWrite(descriptor < 0 ? errno : 0, name: path.line)
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
                close(descriptor)
                throw .fatal("\(path.line): another run is writing to it; wait for its end, or name another file")
            }
            // The run that held the lock may have put another file in its place.
            if let identity = FileStatus(descriptor: descriptor)?.identity, FileStatus(path)?.identity == identity {
                self.descriptor = descriptor
                return
            }
            close(descriptor)
        }
    }

    /// Truncates the file after `length` bytes.
    func truncate(to length: Int) throws(CommandError) {
        guard ftruncate(descriptor, off_t(length)) == 0 else {
            return try checkWrite(errno, name: path.line)
        }
    }

    /// Reads the next line.
    ///
    /// - Throws: ``CommandError`` if the file cannot be read.
    func nextLine(_ reader: inout LineReader) throws(CommandError) -> LineReader.Line? {
        do { return try reader.next() } catch {
            throw .fatal("\(path.line): \(ImageFailure(systemError: error.number).message)")
        }
    }

    /// Replaces the file by a rearrangement of itself, as a whole or not at all.
    ///
    /// - Parameter arrange: called with a function that appends a part of the file, given its offset and length.
    func rewrite(
        _ arrange: ((_ offset: Int, _ count: Int) throws(CommandError) -> Void) throws(CommandError) -> Void
    ) throws(CommandError) {
        let destination = try OutputDestination(replacing: path)
        do throws(CommandError) {
            try arrange { offset, count throws(CommandError) in try destination.write(bytes(offset, count)) }
            _ = try destination.finish(isComplete: true)
        } catch {
            destination.abandon()
            throw error
        }
    }

    private func bytes(_ offset: Int, _ count: Int) throws(CommandError) -> [UInt8] {
        var bytes: [UInt8] = []
        do throws(SystemError) {
            while bytes.count < count {
                let read = try readBytes(descriptor, at: offset + bytes.count, count: count - bytes.count)
                guard !read.isEmpty else { throw SystemError(number: EIO) }
                bytes += read
            }
        } catch {
            throw .fatal("\(path.line): \(ImageFailure(systemError: error.number).message)")
        }
        return bytes
    }
}
