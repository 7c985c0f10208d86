import ArgumentParser
import Platform
import Xception

/// The number of threads that compute.
struct ThreadOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Number of threads, at most 1024 (default: all processors this process may use).", valueName: "n"))
    var threads: Int?

    var count: Int { threads ?? availableProcessors() }

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be between 1 and 1024, not \(threads).")
        }
    }
}

/// The options of a run over images.
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
}
