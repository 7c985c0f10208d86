import Dispatch
import Kernels
import Platform
import Synchronization
import Xception

/// Answers all images of a source.
///
/// Several images are answered side by side, one a thread from file to labels: no thread waits
/// for another, and reading and decoding overlap the arithmetic. An image that comes alone gets
/// all threads.
final class ClassificationRun: Sendable {
    private struct Taking {
        var taken = 0
        var answered: AnsweredPaths
    }

    private let classifier: Classifier
    private nonisolated(unsafe) let source: any ImageSource
    private let classification: ImageClassification
    private let threads: Int
    private let stopsAtFailure: Bool
    private let output: ResultOutput
    private let outputs: Set<FileIdentity>
    private let taking: Mutex<Taking>
    private let isOver = Atomic<Bool>(false)
    private let inHand = Atomic<Int>(0)
    /// All threads on one image. Taken out while it is in use.
    private let wholeMachine = Mutex<SendableSession?>(nil)

    /// Images in hand or waiting for an earlier one's answer, for each thread: what bounds memory.
    private static let window = 4

    /// - Parameters:
    ///   - answered: images that are passed over, once each.
    ///   - stopsAtFailure: whether the first failure is the last answer.
    ///   - outputs: files that must not turn up among the images.
    init(
        classifier: Classifier, classification: ImageClassification, source: any ImageSource, answered: AnsweredPaths,
        threads: Int, stopsAtFailure: Bool, output: ResultOutput, outputs: Set<FileIdentity>
    ) {
        self.classifier = classifier
        self.classification = classification
        self.source = source
        taking = Mutex(Taking(answered: answered))
        self.threads = threads
        self.stopsAtFailure = stopsAtFailure
        self.output = output
        self.outputs = outputs
    }

    /// - Parameter hasOneImage: whether the source will yield one image.
    func callAsFunction(hasOneImage: Bool) -> RunSummary {
        let workers = hasOneImage ? 1 : threads
        let places = DispatchSemaphore(value: workers * Self.window)
        let clock = ContinuousClock()
        let start = clock.now
        ThreadTeam(count: workers).forEach(workers) { _, _ in
            var ownSession: InferenceSession?
            while true {
                places.wait()
                guard let (index, input, isAlone) = take(hasOneImage: hasOneImage) else {
                    places.signal()
                    return
                }
                var shared = isAlone ? wholeMachine.withLock { $0.take() } : nil
                let result = orFail { () throws(ModelFileError) in
                    try classification(input, on: {
                        if isAlone {
                            if shared == nil { shared = SendableSession(session: classifier.makeSession(threads: threads)) }
                            return shared!.session
                        }
                        if ownSession == nil { ownSession = classifier.makeSession(threads: 1) }
                        return ownSession!
                    }())
                }
                if let shared { wholeMachine.withLock { $0 = shared } }
                inHand.subtract(1, ordering: .relaxed)
                if stopsAtFailure, case .failure = result.outcome { isOver.store(true, ordering: .relaxed) }
                output.add(result, index: index) { places.signal() }
            }
        }
        return output.finish(seconds: (clock.now - start).milliseconds / 1e3)
    }

    /// The next image, its number, and whether no other is in sight.
    private func take(hasOneImage: Bool) -> (Int, ImageInput, isAlone: Bool)? {
        taking.withLock { taking in
            while !isOver.load(ordering: .relaxed), Interruption.signal == nil, let input = source.next() {
                if !outputs.isEmpty, let status = FileStatus(input.path), outputs.contains(status.identity) {
                    fail(CommandError.outputIsInput(input.path).message)
                }
                if let isFailure = taking.answered.take(input.path) {
                    output.addResumed(isFailure: isFailure)
                    continue
                }
                defer { taking.taken += 1 }
                let others = inHand.add(1, ordering: .relaxed).oldValue
                return (taking.taken, input, hasOneImage || others == 0 && !source.isReady)
            }
            isOver.store(true, ordering: .relaxed)
            return nil
        }
    }
}

/// A session that one thread at a time uses.
struct SendableSession: @unchecked Sendable {
    let session: InferenceSession
}
