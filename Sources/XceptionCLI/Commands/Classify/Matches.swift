import Synchronization
import Xception

/// Counts the images with a prediction left or with the concept of `--label`, so that a command can exit as grep does.
final class Matches: Sendable {
    private struct State {
        var images = 0
        var matches = 0
        var best: Prediction?
    }

    private let state = Mutex(State())

    /// True if there were images, and none of them matched.
    var isNone: Bool { state.withLock { $0.images > 0 && $0.matches == 0 } }

    /// The most probable prediction of all images.
    var best: Prediction? { state.withLock { $0.best } }

    /// Returns the same output with its records counted.
    func counting(_ output: RunOutput<Classification>) -> RunOutput<Classification> {
        RunOutput(files: output.files) { () throws(CommandError) in Counter(matches: self, sink: try output.open()) }
    }

    private func count(_ value: Classification) {
        state.withLock { state in
            state.images += 1
            if value.isKept, !value.predictions.isEmpty { state.matches += 1 }
            if let best = value.best, best.probability > state.best?.probability ?? 0 { state.best = best }
        }
    }

    private final class Counter: RecordSink {
        private let matches: Matches
        private let sink: any RecordSink<Classification>

        init(matches: Matches, sink: any RecordSink<Classification>) {
            self.matches = matches
            self.sink = sink
        }

        var isTerminal: Bool { sink.isTerminal }
        var thumbnailSize: Int? { sink.thumbnailSize }
        var known: (any KnownImages<Classification>)? { sink.known }

        func write(_ record: ImageRecord<Classification>) throws(CommandError) {
            if case .success(let result) = record.outcome { matches.count(result.value) }
            try sink.write(record)
        }

        func finish(_ summary: RunSummary) throws(CommandError) -> String? { try sink.finish(summary) }

        func abandon() { sink.abandon() }
    }
}
