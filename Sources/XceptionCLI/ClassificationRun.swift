import Dispatch
import Kernels
import Synchronization
import Xception

/// Answers all images of a source.
///
/// Several images are answered side by side, one a thread from file to labels: no thread waits
/// for another, and reading and decoding overlap the arithmetic. A lone image gets all threads.
final class ClassificationRun: Sendable {
    private struct Progress {
        var isOver = false
        var taken = 0
        var summary = RunSummary()
    }

    private let classifier: Classifier
    private nonisolated(unsafe) let source: any ImageSource
    private let classification: ImageClassification
    private let threads: Int
    private let stopsAtFailure: Bool
    private let complains: Bool
    private let output: ResultOutput
    private let progress = Mutex(Progress())

    /// Images in hand or waiting for an earlier one's answer, for each thread: what bounds memory.
    private static let window = 4

    init(
        classifier: Classifier, classification: ImageClassification, source: any ImageSource, threads: Int,
        stopsAtFailure: Bool, complains: Bool, output: ResultOutput
    ) {
        self.classifier = classifier
        self.classification = classification
        self.source = source
        self.threads = threads
        self.stopsAtFailure = stopsAtFailure
        self.complains = complains
        self.output = output
    }

    /// - Parameter hasOneImage: whether the source will yield one image.
    func callAsFunction(hasOneImage: Bool) -> RunSummary {
        let workers = hasOneImage ? 1 : threads
        let places = DispatchSemaphore(value: workers * Self.window)
        let clock = ContinuousClock()
        let start = clock.now
        let taking = Mutex(())
        ThreadTeam(count: workers).forEach(workers) { _, _ in
            var session: InferenceSession?
            while true {
                places.wait()
                guard let (index, input) = taking.withLock({ _ in take() }) else {
                    places.signal()
                    return
                }
                let result = orFail { () throws(ModelFileError) in
                    try classification(input, on: {
                        if session == nil { session = classifier.makeSession(threads: hasOneImage ? threads : 1) }
                        return session!
                    }())
                }
                output.add(result, index: index) { result in
                    record(result)
                    places.signal()
                }
            }
        }
        return progress.withLock { progress in
            progress.summary.seconds = (clock.now - start).milliseconds / 1e3
            return progress.summary
        }
    }

    private func take() -> (Int, ImageInput)? {
        guard !progress.withLock({ $0.isOver }), let input = source.next() else {
            progress.withLock { $0.isOver = true }
            return nil
        }
        return progress.withLock { progress in
            defer { progress.taken += 1 }
            return (progress.taken, input)
        }
    }

    private func record(_ result: ImageResult) {
        progress.withLock { progress in
            progress.summary.images += 1
            guard case .failure(let failure) = result.outcome else { return }
            progress.summary.failed += 1
            if stopsAtFailure { progress.isOver = true }
            if complains { Console.complain("\(result.path.line): \(failure.message)") }
        }
    }
}
