import Platform

/// Plain writes, and what is known of a terminal.
enum Terminal {
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> Int32 {
        writeAll(Array(text.utf8), to: descriptor)
    }

    /// - Returns: 0, or the `errno` of the write that failed.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Platform.write(descriptor, $0.baseAddress! + written, $0.count - written)
            }
            if count >= 0 {
                written += count
            } else if errno == EAGAIN {
                waitForRoom(in: descriptor)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }

    /// Whoever shares a pipe or a terminal with us may have made it non-blocking.
    private static func waitForRoom(in descriptor: Int32) {
        var file = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&file, 1, -1)
    }

    /// Columns of the terminal that `descriptor` is, or nil.
    static func columns(of descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        if let columns = getenv("COLUMNS").flatMap({ Int(String(cString: $0)) }), columns > 0 { return columns }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Whether to write colours: on a terminal that has them, unless NO_COLOR (https://no-color.org)
    /// is set.
    static func hasColor(_ descriptor: Int32) -> Bool {
        guard isatty(descriptor) == 1 else { return false }
        if let value = getenv("NO_COLOR"), value.pointee != 0 { return false }
        return obeysEscapeSequences
    }

    /// Whether the terminal, if there is one, can do more than print.
    static var obeysEscapeSequences: Bool {
        getenv("TERM").map { String(cString: $0) != "dumb" } ?? false
    }
}

enum StandardError {
    /// One line, in the program's name.
    static func write(_ message: String) {
        Terminal.write("xception: \(message)\n", to: STDERR_FILENO)
    }
}

enum StandardOutput {
    static func write(_ text: String) throws(CommandError) {
        try write(Array(text.utf8))
    }

    static func write(_ bytes: [UInt8]) throws(CommandError) {
        try check(Terminal.writeAll(bytes, to: STDOUT_FILENO), name: "standard output")
    }

    /// - Parameter error: the `errno` of a write, or 0.
    static func check(_ error: Int32, name: String) throws(CommandError) {
        guard error != 0 else { return }
        if error == EPIPE { throw .readerClosed }
        throw .fatal("\(name): cannot be written: \(String(cString: strerror(error)))")
    }
}
