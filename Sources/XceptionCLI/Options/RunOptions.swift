import ArgumentParser
import Platform
import Xception

/// How many threads compute.
struct ThreadOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Number of threads, at most 1024 (default: all processors this process may use).", valueName: "n"))
    var threads: Int?

    var count: Int { threads ?? availableProcessors() }

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be between 1 and 1024, not \(threads).")
        }
    }
}

/// How a run over images goes.
struct RunOptions: ParsableArguments {
    @OptionGroup var threads: ThreadOptions

    @Flag(help: "Stop at the first image that fails.")
    var failFast = false

    @Flag(help: "Show no progress bar.")
    var noProgress = false

    @Flag(help: "Write nothing to standard error; failures show only in the exit status.")
    var quiet = false

    @Flag(help: "List files skipped while searching directories.")
    var verbose = false

    func validate() throws {
        guard !quiet || !verbose else { throw ValidationError("--quiet and --verbose contradict each other.") }
    }

    /// - Parameter isSingleImage: whether there is too little to watch.
    func log(isSingleImage: Bool) -> RunLog {
        let isWatched = !isSingleImage && !quiet && isatty(STDERR_FILENO) == 1
        return RunLog(
            verbosity: quiet ? .quiet : verbose ? .verbose : .normal,
            showsProgress: isWatched && !noProgress && Terminal.obeysEscapeSequences, showsSummary: isWatched)
    }

    /// Runs a task over all images, and ends as the exit status should say.
    func run<Task: ImageTask>(
        _ task: Task, over inputs: ImageInputs, on classifier: Classifier, to sinks: sending [any RecordSink<Task.Value>],
        leavingOut resumed: ResumedRecords, forbidden: Set<FileIdentity>
    ) throws(CommandError) {
        let cancellation = Cancellation.ofProcess
        let isSingleImage = inputs.isSingleImage
        let log = log(isSingleImage: isSingleImage)
        let countsImages = log.showsProgress
        let delivery = RecordDelivery(to: sinks, log: log, stopsAtFailure: failFast)
        let run = ImageRun(
            task, source: try inputs.open(limit: task.decoding.maximumMemory, cancellation: cancellation),
            sessions: SessionPool(classifier.model, threads: threads.count), isSingleImage: isSingleImage, resumed: resumed,
            forbidden: forbidden, cancellation: cancellation, delivery: delivery)
        if countsImages {
            inBackground {
                if let count = inputs.count(until: cancellation) { delivery.setTotal(count) }
            }
        }
        let summary = try run()
        if let signal = cancellation.signal { throw .interrupted(signal: signal) }
        // A co-process without requests has nothing to complain about.
        guard summary.hasResults || inputs.isFramed else { throw .fatal("\(inputs.line): no images here; JPEG and PNG files are looked for") }
        if summary.failed + summary.resumedFailures > 0 { throw .imagesFailed }
    }
}
