import Platform

/// Unbuffered writes, and the properties of a terminal.
enum Terminal {
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> Int32 {
        writeAll(Array(text.utf8), to: descriptor)
    }

    /// Writes to a file, pipe or terminal. Never blocks beyond a signal's reach: a descriptor that has room takes at
    /// least PIPE_BUF bytes at once.
    ///
    /// - Returns: 0, the `errno` of the write that failed, or ECANCELED after a signal, if there is no room.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32, until cancellation: Cancellation = .ofProcess) -> Int32 {
        var written = 0
        while written < bytes.count {
            guard cancellation.waitForRoom(descriptor) else { return ECANCELED }
            let count = bytes.withUnsafeBytes {
                Platform.write(descriptor, $0.baseAddress! + written, min($0.count - written, Int(PIPE_BUF)))
            }
            if count >= 0 {
                written += count
            } else if errno != EINTR, errno != EAGAIN {
                return errno
            }
        }
        return 0
    }

    /// Returns the columns of the terminal `descriptor`; nil if it is not a terminal.
    static func columns(of descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        if let columns = getenv("COLUMNS").flatMap({ Int(String(cString: $0)) }), columns > 0 { return columns }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Returns true for a terminal with colours, unless NO_COLOR (https://no-color.org) is set.
    static func hasColor(_ descriptor: Int32) -> Bool {
        guard isatty(descriptor) == 1 else { return false }
        if let value = getenv("NO_COLOR"), value.pointee != 0 { return false }
        return obeysEscapeSequences
    }

    /// True for a terminal that is known to show more than 256 colours.
    static var hasTrueColor: Bool { ["truecolor", "24bit"].contains(getenv("COLORTERM").map { String(cString: $0) }) }

    /// Returns true for a terminal that is known to show links (OSC 8).
    static func hasLinks(_ descriptor: Int32) -> Bool {
        guard isatty(descriptor) == 1, obeysEscapeSequences else { return false }
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        if ["KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "DOMTERM", "WEZTERM_PANE"].contains(where: { variable($0) != nil }) {
            return true
        }
        if let version = variable("VTE_VERSION").flatMap({ Int($0) }), version >= 5000 { return true }
        if ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper"].contains(variable("TERM_PROGRAM")) { return true }
        return ["xterm-kitty", "xterm-ghostty", "alacritty", "foot", "contour"].contains { variable("TERM")?.hasPrefix($0) == true }
    }

    /// True if text may contain more than ASCII: not if the locale asks for another encoding than UTF-8, or for C's. An
    /// unset locale asks for nothing.
    static let hasUnicode: Bool = {
        let names: [String] = ["LC_ALL", "LC_CTYPE", "LANG"]
        let values = names.map { name in getenv(name).map { String(cString: $0) } ?? "" }
        guard let locale = values.first(where: { !$0.isEmpty })?.uppercased() else { return true }
        return locale.contains("UTF-8") || locale.contains("UTF8") || !["C", "POSIX"].contains(locale) && !locale.contains(".")
    }()

    /// True if the terminal, if there is one, can do more than print.
    static var obeysEscapeSequences: Bool {
        getenv("TERM").map { String(cString: $0) != "dumb" } ?? false
    }
}

enum StandardError {
    /// Writes one line in the program's name. Quoted text cannot control the terminal.
    static func write(_ message: String) {
        Terminal.write("xception: \(message.printable)\n", to: STDERR_FILENO)
    }
}

enum StandardOutput {
    static func write(_ text: String) throws(CommandError) {
        try write(Array(text.utf8))
    }

    static func write(_ bytes: [UInt8]) throws(CommandError) {
        try checkWrite(Terminal.writeAll(bytes, to: STDOUT_FILENO), name: "standard output")
    }
}

/// Throws if a file, pipe or terminal could not be opened or written.
///
/// - Parameter error: the `errno` of the call, or 0.
func checkWrite(_ error: Int32, name: String) throws(CommandError) {
    guard error != 0 else { return }
    if error == EPIPE { throw .readerClosed }
    if error == ECANCELED { throw .interrupted(signal: Cancellation.ofProcess.signal ?? SIGINT) }
    throw .fatal("\(name): cannot be written: \(String(cString: strerror(error)))")
}
