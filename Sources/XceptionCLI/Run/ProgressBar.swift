import Platform
import Synchronization

/// How far a run is, on the last line of the terminal behind standard error. Leaves no trace:
/// whoever writes there, or ends the program, erases it first.
final class ProgressBar {
    private let start = ContinuousClock().now
    private var lastDrawn: ContinuousClock.Instant?
    private static let isVisible = Atomic<Bool>(false)
    /// 0 while it is not known.
    private let total = Atomic<Int>(0)
    /// Columns left free at the end of the line, so that the `^C` of a terminal does not begin a new
    /// one, and what is erased is all there is.
    private static let margin = 3

    /// Tells how many images there are, once that is known.
    func setTotal(_ count: Int) {
        total.store(count, ordering: .relaxed)
    }

    /// Draws what is known, at most ten times a second unless it was hidden.
    func show(_ summary: RunSummary) {
        let now = ContinuousClock().now
        if Self.isVisible.load(ordering: .relaxed), let lastDrawn, now - lastDrawn < .milliseconds(100) { return }
        // Who redirects standard error has no terminal here, and who resizes it another width.
        let columns = Console.columns(of: STDERR_FILENO) ?? 80
        let seconds = (now - start).milliseconds / 1e3
        Console.write(
            "\r" + Self.line(summary, total: total.load(ordering: .relaxed), seconds: seconds, columns: columns - Self.margin) + "\u{1B}[K",
            to: STDERR_FILENO)
        Self.isVisible.store(true, ordering: .relaxed)
        lastDrawn = now
    }

    static func erase() {
        if isVisible.exchange(false, ordering: .relaxed) { Console.write("\r\u{1B}[K", to: STDERR_FILENO) }
    }

    /// A bar as far as there is room, then done, total, speed, time left, failures.
    ///
    /// - Parameter total: 0 if it is not known.
    static func line(_ summary: RunSummary, total: Int, seconds: Double, columns: Int) -> String {
        let done = summary.images + summary.resumed
        let rate = seconds > 0 ? Double(summary.images) / seconds : 0
        var parts = [total > 0 ? "\(done)/\(total)" : "\(done)"]
        if summary.images > 0 { parts.append("\(JSONText.fixed(rate, digits: 1))/s") }
        if total > 0, rate > 0 { parts.append(duration(Double(max(0, total - done)) / rate)) }
        let failed = summary.failed + summary.resumedFailures
        if failed > 0 { parts.append("\(failed) failed") }
        var text = parts.joined(separator: "  ")
        // The failures are the first to give way, the count of images never does.
        while text.count > columns, parts.count > 1 {
            parts.removeLast()
            text = parts.joined(separator: "  ")
        }
        let room = min(40, columns - text.count - 2)
        guard total > 0, room >= 6 else { return text }
        let bar = TerminalText.bar(Double(done) / Double(total), columns: room)
        return TerminalText.padded(bar, to: room) + "  " + text
    }

    /// 4:05 or 12:04:05
    private static func duration(_ seconds: Double) -> String {
        guard seconds < 1e7 else { return "∞" }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let whole = Int(seconds.rounded())
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(whole % 60))" : "\(minutes):\(two(whole % 60))"
    }
}
