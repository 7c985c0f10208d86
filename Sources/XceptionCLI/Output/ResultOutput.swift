import Synchronization

/// Writes results in input order, whatever order they come in. Safe to call from many threads.
final class ResultOutput: Sendable {
    private struct State {
        var next = 0
        var waiting: [Int: ImageResult] = [:]
        var isFirst = true
        var hasHeader = false
    }

    private let state = Mutex(State())
    private nonisolated(unsafe) let format: any ResultFormat
    private nonisolated(unsafe) let destination: OutputDestination

    init(format: any ResultFormat, destination: OutputDestination) {
        self.format = format
        self.destination = destination
    }

    /// Takes the result of image `index`, counted from 0, and writes all that have no gap before
    /// them.
    ///
    /// - Parameter didWrite: told of each result as it is written.
    func add(_ result: ImageResult, index: Int, didWrite: (ImageResult) -> Void) {
        state.withLock { state in
            state.waiting[index] = result
            while let result = state.waiting.removeValue(forKey: state.next) {
                writeHeader(&state)
                destination.write(format.entry(result, isFirst: state.isFirst))
                state.isFirst = false
                state.next += 1
                didWrite(result)
            }
        }
    }

    func finish(_ summary: RunSummary) {
        state.withLock { state in
            writeHeader(&state)
            destination.write(format.footer(summary))
            destination.finish()
        }
    }

    func discard() {
        destination.discard()
    }

    private func writeHeader(_ state: inout State) {
        guard !state.hasHeader else { return }
        state.hasHeader = true
        destination.write(format.header())
    }
}
