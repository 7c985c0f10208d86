import Platform

/// The messages of a run on standard error: failures, skipped files, progress, summary.
final class RunLog {
    private let verbosity: Verbosity
    private let showsSummary: Bool
    private let progressBar: ProgressBar?
    /// The number of images; 0 while it is unknown.
    var total = 0

    enum Verbosity {
        case quiet, normal, verbose
    }

    /// Makes a log.
    ///
    /// - Parameter isSingleImage: true if there is too little to watch.
    convenience init(_ options: RunOptions, isSingleImage: Bool) {
        let isWatched = !isSingleImage && !options.quiet && isatty(STDERR_FILENO) == 1
        self.init(
            verbosity: options.quiet ? .quiet : options.verbose ? .verbose : .normal,
            showsProgress: isWatched && !options.noProgress && Terminal.obeysEscapeSequences, showsSummary: isWatched)
    }

    init(verbosity: Verbosity, showsProgress: Bool, showsSummary: Bool) {
        self.verbosity = verbosity
        self.showsSummary = showsSummary
        progressBar = showsProgress ? ProgressBar() : nil
    }

    /// True if counting the images beforehand is worth it.
    var showsProgress: Bool { progressBar != nil }

    func failed(_ name: ImageName, _ failure: ImageFailure) {
        note("\(name.line): \(failure.message)")
    }

    func skipped(_ path: FilePath, _ reason: SkipReason) {
        if verbosity == .verbose { note("\(path.line): skipped: \(reason.line)") }
    }

    /// Writes a line on standard error.
    func note(_ message: String) {
        guard verbosity != .quiet else { return }
        hideProgress()
        StandardError.write(message)
    }

    func showProgress(_ summary: RunSummary) {
        progressBar?.show(summary, total: total)
    }

    func hideProgress() {
        progressBar?.erase()
    }

    /// Writes a line on skipped pictures, which the user might miss, and a summary of the rest if there was progress to
    /// watch.
    func finish(_ summary: RunSummary, isInterrupted: Bool) {
        if let images = summary.skipped.unreadImages { note("skipped \(images)") }
        var summary = summary
        summary.skipped = summary.skipped.filter { !$0.key.isUnread }
        guard verbosity != .quiet, showsSummary, isInterrupted || summary.hasResults else { return }
        let line = "xception: " + (isInterrupted ? "interrupted: " : "") + summary.line
        Terminal.write(
            TerminalText.wrapped(line, to: Terminal.columns(of: STDERR_FILENO) ?? 80) + "\n", to: STDERR_FILENO)
    }
}
