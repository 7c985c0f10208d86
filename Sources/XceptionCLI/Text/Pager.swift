import Platform

/// Shows long text on a terminal, a page at a time.
enum Pager {
    /// Writes to standard output, through $PAGER or less if that is a terminal.
    static func write(_ text: String) throws(CommandError) {
        guard isatty(STDOUT_FILENO) == 1, Terminal.obeysEscapeSequences else { return try StandardOutput.write(text) }
        let named = getenv("PAGER").map { String(cString: $0) } ?? ""
        // F ends at once if the text fits, R keeps colours, X leaves it on the screen; as git sets it.
        setenv("LESS", "FRX", 0)
        guard let stream = popen(named.isEmpty ? "less 2>/dev/null || cat" : named, "w") else {
            return try StandardOutput.write(text)
        }
        // A reader that quits early has seen enough.
        fputs(text, stream)
        pclose(stream)
    }
}
