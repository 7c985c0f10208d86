import Platform
import Synchronization

/// Puts records into input order, counts them, and passes them to the sinks and the log. Safe to call from many
/// threads.
final class RecordDelivery<Value: Sendable>: Sendable {
    private struct State {
        var sinks: [any RecordSink<Value>]
        let log: RunLog
        var next = 0
        /// The records that wait for an earlier one; nil for an image without a record.
        var waiting: [Int: ImageRecord<Value>?] = [:]
        var isOver = false
        var summary = RunSummary()
    }

    private let state: Mutex<State>
    private let stopsAtFailure: Bool

    /// Makes a delivery.
    ///
    /// - Parameters:
    ///   - sinks: the sinks; the first is the command's own output.
    ///   - stopsAtFailure: true if the first failure is the last record.
    init(to sinks: sending [any RecordSink<Value>], log: sending RunLog, stopsAtFailure: Bool) {
        state = Mutex(State(sinks: sinks, log: log))
        self.stopsAtFailure = stopsAtFailure
    }

    /// Takes the record of image `index`, counted from 0, and writes all that have no gap before them.
    ///
    /// - Parameters:
    ///   - record: the record; nil if there is none.
    ///   - didPass: called for each image that is finished.
    /// - Returns: true if the run is over.
    func add(_ record: ImageRecord<Value>?, index: Int, didPass: () -> Void) throws(CommandError) -> Bool {
        try state.withLock { state throws(CommandError) in
            state.waiting[index] = .some(record)
            if state.waiting[state.next] != nil, state.sinks.contains(where: \.isTerminal) { state.log.hideProgress() }
            while let next = state.waiting.removeValue(forKey: state.next) {
                defer { didPass() }
                state.next += 1
                if let record = next, !state.isOver { try write(record, &state) }
            }
            state.log.showProgress(state.summary)
            return state.isOver
        }
    }

    private func write(_ record: ImageRecord<Value>, _ state: inout State) throws(CommandError) {
        try Self.eachSink(&state) { sink throws(CommandError) in try sink.write(record) }
        guard !record.isEarlier else { return }
        state.summary.images += 1
        if case .failure(let failure) = record.outcome {
            state.summary.failed += 1
            state.log.failed(record.name, failure)
            if stopsAtFailure {
                state.isOver = true
                state.summary.isComplete = false
            }
        }
    }

    /// Completes all sinks, even if one of them fails.
    private static func finish(_ state: inout State, _ summary: RunSummary) throws(CommandError) {
        var notes: [String] = []
        var failures: [CommandError] = []
        try eachSink(&state) { sink throws(CommandError) in
            do throws(CommandError) {
                if let note = try sink.finish(summary) { notes.append(note) }
            } catch {
                if error == .readerClosed { throw error }
                failures.append(error)
            }
        }
        for note in notes.reversed() { state.log.note(note) }
        if let failure = failures.last { throw failure }
    }

    /// Calls `body` for each sink. A sink whose reader has gone is dropped; when the last goes, the run ends.
    private static func eachSink(
        _ state: inout State, _ body: (any RecordSink<Value>) throws(CommandError) -> Void
    ) throws(CommandError) {
        for (index, sink) in state.sinks.enumerated().reversed() {
            do throws(CommandError) {
                try body(sink)
            } catch .readerClosed where state.sinks.count > 1 {
                state.sinks.remove(at: index)
            }
        }
    }

    /// Counts an image that has a result of an earlier run.
    func resumed() {
        state.withLock { $0.summary.resumed += 1 }
    }

    /// Counts a skipped file.
    func skipped(_ path: FilePath, _ reason: SkipReason) {
        state.withLock { state in
            state.summary.skipped[reason, default: 0] += 1
            state.log.skipped(path, reason)
        }
    }

    /// Completes the outputs, or leaves them unchanged if there is no result.
    ///
    /// - Parameters:
    ///   - isComplete: true if all input was processed.
    ///   - signal: the signal that stopped the run.
    func finish(seconds: Double, isComplete: Bool, signal: Int32? = nil) throws(CommandError) -> RunSummary {
        try state.withLock { state throws(CommandError) in
            state.summary.seconds = seconds
            state.summary.signal = signal
            if !isComplete { state.summary.isComplete = false }
            state.log.hideProgress()
            let summary = state.summary
            if summary.hasResults {
                try Self.finish(&state, summary)
            } else {
                for sink in state.sinks { sink.abandon() }
            }
            state.log.finish(summary, isInterrupted: !isComplete)
            return summary
        }
    }

    /// Restores outputs to their state before the run.
    func abandon() {
        state.withLock { state in
            state.log.hideProgress()
            for sink in state.sinks { sink.abandon() }
        }
    }

    /// Sets the total for the progress bar, once it is known.
    func setTotal(_ count: Int) {
        state.withLock { $0.log.total = count }
    }
}
