import Platform

/// The destination of results: standard output, a file that is replaced once the new one is whole, a pipe or a device,
/// or a file that grows line by line.
final class OutputDestination {
    private let descriptor: Int32
    /// The destination's name in messages.
    private let name: String
    private let temporary: TemporaryFile?

    /// A descriptor to append to.
    convenience init(_ descriptor: Int32, name: String) {
        self.init(descriptor, name: name, temporary: nil)
    }

    private init(_ descriptor: Int32, name: String, temporary: TemporaryFile?) {
        self.descriptor = descriptor
        self.name = name
        self.temporary = temporary
    }

    /// Standard output.
    convenience init() {
        self.init(STDOUT_FILENO, name: "standard output")
    }

    /// A file that is replaced once the new one is whole. A link is followed; anything but a regular file (a device, a
    /// named pipe, a descriptor such as /dev/stdout) is written to in place.
    ///
    /// - Throws: ``CommandError`` if its directory cannot be written to, or a pipe has no reader.
    convenience init(replacing file: FilePath) throws(CommandError) {
        if let stream = try OutputStream.open(file) {
            self.init(stream, name: file.line)
            return
        }
        do throws(SystemError) {
            let temporary = try TemporaryFile(for: file.resolvingLinks)
            self.init(temporary.descriptor, name: file.line, temporary: temporary)
        } catch {
            throw .fatal("\(file.line): cannot be written: \(error.message)")
        }
    }

    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Writes bytes.
    ///
    /// - Throws: ``CommandError``, ``CommandError/readerClosed`` if a pipe's reader is gone.
    func write(_ bytes: [UInt8]) throws(CommandError) {
        try check(Terminal.writeAll(bytes, to: descriptor))
    }

    func write(_ text: String) throws(CommandError) {
        try write(Array(text.utf8))
    }

    /// Overwrites the first bytes of a file that is not in its place yet.
    func overwriteBeginning(_ bytes: [UInt8]) throws(CommandError) {
        let count = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        // The bytes exist already, so a full disk has room for them.
        if count != bytes.count { try check(count < 0 ? errno : EIO) }
    }

    /// Puts the file in its place, and flushes both to the disk.
    ///
    /// - Parameter isComplete: true if it may replace a file that is not empty. If not, that one stays, and the new one
    ///   beside it.
    /// - Returns: a note for the user, if any.
    /// - Throws: ``CommandError`` if the disk is full, or if a file that must not be replaced appeared under the name
    ///   during the run. That one stays, and the new one beside it.
    func finish(isComplete: Bool) throws(CommandError) -> String? {
        // Devices and pipes have nothing to flush.
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP else {
            try check(errno)
            return nil
        }
        guard let temporary else { return nil }
        if !isComplete, temporary.replacesSomething {
            let kept = temporary.keep()
            return "\(name): not replaced: the run did not finish; partial results are in \(kept.line)"
        }
        let isInPlace: Bool
        do throws(SystemError) {
            isInPlace = try temporary.moveIntoPlace(replacing: EarlierOutput.mayReplace)
        } catch {
            try check(error.number)
            return nil
        }
        guard isInPlace else {
            let kept = temporary.keep()
            throw .fatal(
                "\(name): another file took this name during the run, and stays; the results are in \(kept.line)")
        }
        return isComplete ? nil : "\(name): is incomplete, because the run was stopped"
    }

    /// Removes the data written for a file that would have been replaced.
    func abandon() {
        temporary?.remove()
    }

    private func check(_ error: Int32) throws(CommandError) {
        try checkWrite(error, name: name)
    }
}
