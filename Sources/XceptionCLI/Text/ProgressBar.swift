import Platform

/// The progress of a run on the last line of standard error, if that is a terminal. It leaves no trace: erase it before
/// other output.
final class ProgressBar {
    private let start = ContinuousClock().now
    private var lastDrawn: ContinuousClock.Instant?
    private var isVisible = false
    /// Columns left free at the end of the line, so that a terminal's `^C` does not begin a new one, and erasing clears
    /// everything.
    private static let margin = 3

    /// Draws the progress, at most ten times per second unless it was erased.
    ///
    /// - Parameter total: the number of images; 0 if it is not known.
    func show(_ summary: RunSummary, total: Int) {
        let now = ContinuousClock().now
        if isVisible, let lastDrawn, now - lastDrawn < .milliseconds(100) { return }
        // Standard error may not be a terminal, and a terminal's width may change.
        let columns = Terminal.columns(of: STDERR_FILENO) ?? 80
        let seconds = (now - start).milliseconds / 1e3
        let line = Self.line(summary, total: total, seconds: seconds, columns: columns - Self.margin)
        Terminal.write("\r" + line + "\u{1B}[K", to: STDERR_FILENO)
        isVisible = true
        lastDrawn = now
    }

    func erase() {
        guard isVisible else { return }
        isVisible = false
        Terminal.write("\r\u{1B}[K", to: STDERR_FILENO)
    }

    /// Returns a bar as far as there is room, then done, total, speed, time left, failures.
    ///
    /// - Parameter total: 0 if it is not known.
    static func line(_ summary: RunSummary, total: Int, seconds: Double, columns: Int) -> String {
        let done = summary.images + summary.resumed
        let rate = seconds > 0 ? Double(summary.images) / seconds : 0
        var parts = [total > 0 ? "\(done)/\(total)" : "\(done)"]
        if summary.images > 0 { parts.append("\(NumberText.fixed(rate, digits: 1))/s") }
        if total > 0, rate > 0 {
            parts.append(duration(Double(max(0, total - done)) / rate) + (columns < 60 ? "" : " left"))
        }
        if summary.failed > 0 { parts.append("\(summary.failed) failed") }
        var text = parts.joined(separator: "  ")
        // The failures are dropped first, the count of images never.
        while text.count > columns, parts.count > 1 {
            parts.removeLast()
            text = parts.joined(separator: "  ")
        }
        let room = min(40, columns - text.count - 2)
        guard total > 0, room >= 6 else { return text }
        let bar = TerminalText.bar(Double(done) / Double(total), columns: room)
        return TerminalText.padded(bar, to: room) + "  " + text
    }

    /// Returns a duration: 4:05 or 12:04:05.
    private static func duration(_ seconds: Double) -> String {
        guard seconds < 1e7 else { return "∞" }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let whole = Int(seconds.rounded())
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(whole % 60))" : "\(minutes):\(two(whole % 60))"
    }
}
