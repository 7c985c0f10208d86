import Platform
import Synchronization

/// Where answers are written: standard output, a file that appears under its name when it is
/// whole, or a file that grows line by line.
final class OutputDestination {
    private let descriptor: Int32
    private let file: FilePath?
    private let temporary: FilePath?

    /// Files to remove if the program fails before they are whole.
    private static let unfinished = Mutex<[FilePath]>([])

    /// Standard output.
    init() {
        descriptor = STDOUT_FILENO
        file = nil
        temporary = nil
    }

    /// A file that is replaced once the new one is whole. Ends the program if its directory cannot
    /// be written to.
    init(replacing named: FilePath) {
        // A link is followed, and what is no file (a device, a named pipe) is written to as it is.
        let file = named.withCString { realpath($0, nil) }.map { resolved in
            defer { free(resolved) }
            return FilePath(bytes: UnsafeBufferPointer(start: resolved, count: strlen(resolved)).map(UInt8.init(bitPattern:)))
        } ?? named
        self.file = file
        if let status = FileStatus(file), !status.isRegular {
            temporary = nil
            descriptor = file.withCString { open($0, O_WRONLY | O_CLOEXEC) }
        } else {
            let temporary = FilePath(bytes: file.bytes + Array(".\(getpid()).partial".utf8))
            self.temporary = temporary
            descriptor = temporary.withCString { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666) }
            if descriptor >= 0 { Self.unfinished.withLock { $0.append(temporary) } }
        }
        if descriptor < 0 { giveUp(errno) }
    }

    /// A file that grows line by line. Ends the program if it cannot be written to, or another run
    /// is writing to it.
    ///
    /// - Parameter length: what is kept of it.
    init(growing file: FilePath, from length: Int) {
        self.file = file
        temporary = nil
        descriptor = file.withCString { open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666) }
        if descriptor < 0 { giveUp(errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            fail("\(file.line): another run is writing to it; wait for its end, or name another file")
        }
        if FileStatus(file)?.isRegular == true, ftruncate(descriptor, off_t(length)) != 0 { giveUp(errno) }
    }

    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Ends the program if writing fails: quietly if it is the reader that is gone.
    func write(_ text: String) {
        let error = Console.writeAll(Array(text.utf8), to: descriptor)
        if error != 0 { giveUp(error) }
    }

    /// Puts the file in its place, and both on the disk.
    func finish() {
        guard let file else { return }
        // Devices and pipes have nothing to flush.
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP else { giveUp(errno) }
        guard close(descriptor) == 0 else { giveUp(errno) }
        guard let temporary else { return }
        guard temporary.withCString({ from in file.withCString { rename(from, $0) } }) == 0 else { giveUp(errno) }
        Self.unfinished.withLock { files in files.removeAll { $0 == temporary } }
    }

    /// Removes what is not whole.
    static func discardUnfinished() {
        for file in unfinished.withLock({ $0 }) { _ = file.withCString { unlink($0) } }
    }

    private func giveUp(_ error: Int32) -> Never {
        if error == EPIPE {
            Self.discardUnfinished()
            ProgressBar.erase()
            exit(0)
        }
        fail("\(file?.line ?? "standard output"): cannot be written: \(String(cString: strerror(error)))")
    }
}
