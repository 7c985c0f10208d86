import Platform

/// Outputs that are written to and never replaced: descriptors, pipes, devices.
enum OutputStream {
    /// The time that a named pipe may be without a reader when the run begins.
    private static let patience = Duration.seconds(1)

    /// Opens the output without replacing anything.
    ///
    /// - Returns: nil if the path is that of a regular file, or of none yet.
    /// - Throws: ``CommandError`` if it cannot be written to, no process reads from a named pipe, or a signal comes.
    static func open(_ file: FilePath) throws(CommandError) -> Int32? {
        if let number = file.ownDescriptor {
            // A second opening of the same file would write from its beginning.
            let descriptor = fcntl(number, F_DUPFD_CLOEXEC, 0)
            try checkWrite(descriptor < 0 ? errno : 0, name: file.line)
            return descriptor
        }
        guard let status = FileStatus(file), !status.isRegular else { return nil }
        let clock = ContinuousClock()
        let end = clock.now + patience
        while true {
            // Without O_NONBLOCK a pipe without a reader would block the process despite signals.
            let descriptor = file.withCString { Platform.open($0, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) }
            guard descriptor < 0 else { return descriptor }
            guard errno == ENXIO, status.kind == .namedPipe else {
                try checkWrite(errno, name: file.line)
                return nil
            }
            if let signal = Cancellation.ofProcess.signal { throw .interrupted(signal: signal) }
            guard clock.now < end else {
                throw .fatal("\(file.line): cannot be written: no process reads from this pipe")
            }
            usleep(10_000)
        }
    }
}

extension FilePath {
    /// True if an output of this path is written to in place, and neither replaced nor continued.
    var isWrittenInPlace: Bool {
        ownDescriptor != nil || FileStatus(self).map { !$0.isRegular } ?? false
    }

    /// The number of the descriptor of this process that the path stands for, such as 1 for `/dev/stdout`.
    var ownDescriptor: Int32? {
        var path = self
        // Linux follows as many links.
        for _ in 0..<40 {
            if let number = path.numberedDescriptor { return number }
            guard let next = path.followingLink else { return nil }
            path = next
        }
        return nil
    }

    /// The number in `/dev/fd/1` and in that directory's other names on Linux.
    private var numberedDescriptor: Int32? {
        guard let number = Int32(String(decoding: lastComponent, as: UTF8.self)), number >= 0 else { return nil }
        let parents = ["/dev/fd", "/proc/self/fd", "/proc/\(getpid())/fd", "/proc/thread-self/fd"]
        return parents.contains { parent == FilePath($0) } ? number : nil
    }
}
