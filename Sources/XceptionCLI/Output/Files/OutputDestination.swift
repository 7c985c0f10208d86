import Platform

/// Where results are written: standard output, a file that is replaced once the new one is whole,
/// or a file that grows line by line.
final class OutputDestination {
    private let descriptor: Int32
    private let file: FilePath?
    private var temporary: TemporaryFile?

    /// Standard output.
    init() {
        descriptor = STDOUT_FILENO
        file = nil
    }

    /// A file that is replaced once the new one is whole. A link is followed; what is no regular
    /// file (a device, a named pipe) is written to as it is.
    ///
    /// - Throws: ``CommandError`` if its directory cannot be written to.
    init(replacing named: FilePath) throws(CommandError) {
        let file = named.resolvingLinks
        self.file = named
        if let status = FileStatus(file), !status.isRegular {
            descriptor = file.withCString { open($0, O_WRONLY | O_CLOEXEC) }
            try StandardOutput.check(descriptor < 0 ? errno : 0, name: named.line)
        } else {
            do throws(SystemError) {
                let temporary = try TemporaryFile(for: file)
                descriptor = temporary.descriptor
                self.temporary = temporary
            } catch {
                throw .fatal("\(named.line): cannot be written: \(error.message)")
            }
        }
    }

    /// A file that grows line by line.
    init(_ growing: GrowingFile) {
        descriptor = growing.descriptor
        file = growing.path
    }

    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// - Throws: ``CommandError``, ``CommandError/readerClosed`` if a pipe's reader is gone.
    func write(_ bytes: [UInt8]) throws(CommandError) {
        try check(Terminal.writeAll(bytes, to: descriptor))
    }

    func write(_ text: String) throws(CommandError) {
        try write(Array(text.utf8))
    }

    /// Puts the file in its place, and both on the disk.
    ///
    /// - Parameter isComplete: whether it may replace a file that holds something. If not, that one
    ///   stays, and the new one beside it.
    /// - Returns: what the user should know about it.
    func finish(isComplete: Bool) throws(CommandError) -> String? {
        guard let file else { return nil }
        // Devices and pipes have nothing to flush.
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP else {
            try check(errno)
            return nil
        }
        guard let temporary else { return nil }
        if !isComplete, temporary.replacesSomething {
            let kept = temporary.keep()
            return "\(file.line): left as it was, because this run is not complete; its results are in \(kept.line)"
        }
        do throws(SystemError) {
            try temporary.moveIntoPlace()
        } catch {
            try check(error.number)
        }
        return isComplete ? nil : "\(file.line): is not complete, because the run was stopped"
    }

    /// Removes what was written to a file that would have been replaced.
    func abandon() {
        temporary?.remove()
    }

    private func check(_ error: Int32) throws(CommandError) {
        try StandardOutput.check(error, name: file?.line ?? "standard output")
    }
}
