import Platform
import Synchronization

/// Writes results in input order, whatever order they come in. Safe to call from many threads.
final class ResultOutput: Sendable {
    private struct State {
        var next = 0
        var waiting: [Int: ImageResult] = [:]
        var isFirst = true
        var hasHeader = false
        /// Whether a failure has ended the run.
        var isOver = false
        var summary = RunSummary()
    }

    private let state = Mutex(State())
    private nonisolated(unsafe) let format: any ResultFormat
    private nonisolated(unsafe) let destination: OutputDestination
    private nonisolated(unsafe) let report: HTMLReport?
    private nonisolated(unsafe) let progressBar: ProgressBar?
    private let stopsAtFailure: Bool
    private let complains: Bool
    private let namesPassedOver: Bool

    /// - Parameters:
    ///   - stopsAtFailure: whether the first failure is the last answer.
    ///   - complains: whether failures are told on standard error.
    ///   - namesPassedOver: whether files that are not classified are told there.
    init(
        format: any ResultFormat, destination: OutputDestination, report: HTMLReport?, progressBar: ProgressBar?,
        stopsAtFailure: Bool, complains: Bool, namesPassedOver: Bool
    ) {
        self.format = format
        self.destination = destination
        self.report = report
        self.progressBar = progressBar
        self.stopsAtFailure = stopsAtFailure
        self.complains = complains
        self.namesPassedOver = namesPassedOver
    }

    /// Takes the result of image `index`, counted from 0, and writes all that have no gap before
    /// them.
    ///
    /// - Parameter didWrite: called for each result that is dealt with.
    func add(_ result: ImageResult, index: Int, didWrite: () -> Void) {
        state.withLock { state in
            state.waiting[index] = result
            if state.waiting[state.next] != nil, destination.isTerminal { ProgressBar.erase() }
            while let result = state.waiting.removeValue(forKey: state.next) {
                defer { didWrite() }
                state.next += 1
                if state.isOver { continue }
                writeHeader(&state)
                destination.write(format.entry(result, isFirst: state.isFirst))
                report?.add(result)
                state.isFirst = false
                state.summary.images += 1
                if case .failure(let failure) = result.outcome {
                    state.summary.failed += 1
                    state.isOver = stopsAtFailure
                    if complains { Console.complain("\(result.path.line): \(failure.message)") }
                }
            }
            progressBar?.show(state.summary)
        }
    }

    /// An image that an earlier run answered.
    func addResumed(isFailure: Bool) {
        state.withLock { state in
            state.summary.resumed += 1
            if isFailure { state.summary.resumedFailures += 1 }
        }
    }

    func addPassedOver(_ reason: PassedOver, _ path: FilePath) {
        state.withLock { state in
            state.summary.passedOver[reason, default: 0] += 1
            if namesPassedOver { Console.complain("\(path.line): passed over: \(reason.rawValue)") }
        }
    }

    /// - Returns: how it went.
    func finish(seconds: Double) -> RunSummary {
        state.withLock { state in
            ProgressBar.erase()
            state.summary.seconds = seconds
            if state.summary.images + state.summary.resumed > 0 {
                writeHeader(&state)
                destination.write(format.footer(state.summary))
                destination.finish()
                report?.finish(state.summary)
            } else {
                OutputDestination.discardUnfinished()
            }
            return state.summary
        }
    }

    private func writeHeader(_ state: inout State) {
        guard !state.hasHeader else { return }
        state.hasHeader = true
        destination.write(format.header())
    }
}
