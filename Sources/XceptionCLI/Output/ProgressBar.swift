import Synchronization

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// How far a run is, on the last line of the terminal behind standard error. Leaves no trace.
///
/// Used under the lock of ``ResultOutput``, which hides it while it writes to the same terminal.
final class ProgressBar {
    private let start = ContinuousClock().now
    private var lastDrawn: ContinuousClock.Instant?
    private var isVisible = false
    private let total: Atomic<Int>

    /// - Parameter total: how many images there are to answer; set to 0 while that is not known.
    init() {
        total = Atomic(0)
    }

    /// Tells how many images there are, once that is known.
    func setTotal(_ count: Int) {
        total.store(count, ordering: .relaxed)
    }

    /// Draws what is known, at most ten times a second unless it was hidden.
    func show(_ summary: RunSummary) {
        let now = ContinuousClock().now
        if isVisible, let lastDrawn, now - lastDrawn < .milliseconds(100) { return }
        // Who redirects standard error has no terminal here, and who resizes it another width.
        let columns = Console.columns(of: STDERR_FILENO) ?? 80
        let seconds = (now - start).milliseconds / 1e3
        Console.write(
            "\r" + Self.line(summary, total: total.load(ordering: .relaxed), seconds: seconds, columns: columns - 1) + "\u{1B}[K",
            to: STDERR_FILENO)
        isVisible = true
        lastDrawn = now
    }

    func hide() {
        guard isVisible else { return }
        Console.write("\r\u{1B}[K", to: STDERR_FILENO)
        isVisible = false
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
