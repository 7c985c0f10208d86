import Images
import Platform
import Synchronization
import Xception

/// Computes a task's value for all images of a source, and hands the records on in input order.
///
/// Several images are in flight, one a thread from file to record: no thread waits for another,
/// and reading and decoding overlap the arithmetic. An image that comes alone gets all threads.
final class ImageRun<Task: ImageTask>: Sendable {
    /// What hands out images.
    private struct Dispatch {
        var source: any ImageSource
        var known: (any KnownImages<Task.Value>)?
        var next = 0
    }

    private let task: Task
    private let preparation: ImagePreparation
    private let threads: Int
    private let sessions: SessionPool
    private let isSingleImage: Bool
    private let forbidden: Set<FileIdentity>
    private let cancellation: Cancellation
    private let dispatch: Mutex<Dispatch>
    private let delivery: RecordDelivery<Task.Value>
    private let window: RunWindow
    private let inFlight = Atomic<Int>(0)
    private let failure = Mutex<Failure?>(nil)

    /// Why the run could not go on.
    private struct Failure {
        let error: CommandError
        /// Whether the records so far remain valid.
        let keepsRecords: Bool
    }

    /// Images in flight, or waiting for an earlier one's record, for each thread. More would let
    /// threads run further ahead of one slow image, at the price of memory.
    private static var imagesPerThread: Int { 4 }

    /// - Parameters:
    ///   - sessions: lends the network to each thread.
    ///   - isSingleImage: whether the source will yield one image, which then gets all threads.
    ///   - known: images that need not be decoded.
    ///   - forbidden: files that are outputs, and must not turn up as images.
    ///   - cancellation: this run's own: it is requested when the run stops itself.
    init(
        _ task: Task, _ preparation: ImagePreparation, source: sending any ImageSource, sessions: SessionPool,
        isSingleImage: Bool, known: (any KnownImages<Task.Value>)?, forbidden: Set<FileIdentity>,
        cancellation: Cancellation, delivery: RecordDelivery<Task.Value>
    ) {
        self.task = task
        self.preparation = preparation
        self.sessions = sessions
        self.isSingleImage = isSingleImage
        self.forbidden = forbidden
        self.cancellation = cancellation
        self.delivery = delivery
        threads = isSingleImage ? 1 : sessions.threads
        window = RunWindow(size: threads * Self.imagesPerThread)
        dispatch = Mutex(Dispatch(source: source, known: known))
    }

    /// Runs to the end of the source, the first failure where that is asked for, or a cancellation.
    ///
    /// - Throws: ``CommandError`` if the run could not go on. Records before an unreadable list or frame
    ///   are kept; after any other error outputs that are replaced are as they were before.
    func callAsFunction() throws(CommandError) -> RunSummary {
        let clock = ContinuousClock()
        let start = clock.now
        onThreads(threads) { self.work() }
        let failure = failure.withLock { $0 }
        let summary: RunSummary
        do throws(CommandError) {
            if let failure, !failure.keepsRecords { throw failure.error }
            summary = try delivery.finish(
                seconds: (clock.now - start).milliseconds / 1e3, isComplete: failure == nil && cancellation.signal == nil,
                signal: cancellation.signal)
        } catch {
            delivery.abandon()
            throw error
        }
        if let failure { throw failure.error }
        return summary
    }

    private func work() {
        do throws(CommandError) {
            while window.enter() {
                guard let (index, job) = try next() else { break }
                let record = try record(of: job)
                inFlight.subtract(1, ordering: .relaxed)
                let isOver = try delivery.add(record, index: index) { window.leave() }
                if isOver { stop() }
            }
        } catch {
            fail(error, keepingRecords: false)
        }
    }

    private func fail(_ error: CommandError, keepingRecords: Bool) {
        failure.withLock { $0 = $0 ?? Failure(error: error, keepsRecords: keepingRecords) }
        stop()
    }

    /// Has the other threads finish what they have, and wakes those that wait.
    private func stop() {
        cancellation.request()
        window.close()
    }

    // MARK: - From the source

    /// An image that a thread is to work on.
    private struct Job {
        let input: ImageInput
        /// Whether no other image is in sight, so that all threads may work on this one.
        let isAlone: Bool
        let stored: (@Sendable (InferenceSession) throws(InferenceError) -> ImageResult<Task.Value>)?
    }

    /// The next image and its number. Nil at the end.
    private func next() throws(CommandError) -> (Int, Job)? {
        try dispatch.withLock { dispatch throws(CommandError) in
            while !cancellation.isRequested, let entry = nextEntry(of: dispatch.source) {
                guard case .image(let input) = entry else {
                    if case .skipped(let path, let reason) = entry { delivery.skipped(path, reason) }
                    continue
                }
                if !forbidden.isEmpty, let status = FileStatus(input.name.path), forbidden.contains(status.identity) {
                    throw .outputIsInput(input.name.path)
                }
                var stored: (@Sendable (InferenceSession) throws(InferenceError) -> ImageResult<Task.Value>)?
                switch dispatch.known?.take(input) {
                case .recorded(let isFailure):
                    delivery.resumed(isFailure: isFailure)
                    continue
                case .stored(let value): stored = value
                case nil: break
                }
                defer { dispatch.next += 1 }
                let others = inFlight.add(1, ordering: .relaxed).oldValue
                let isAlone = isSingleImage || others == 0 && !dispatch.source.isReady
                return (dispatch.next, Job(input: input, isAlone: isAlone, stored: stored))
            }
            // No more images: wake the threads that wait for a place.
            window.close()
            return nil
        }
    }

    private func nextEntry(of source: any ImageSource) -> SourceEntry? {
        do {
            return try source.next()
        } catch {
            fail(error, keepingRecords: true)
            return nil
        }
    }

    // MARK: - From file to record

    /// - Returns: nil if the image was still being waited for at the cancellation.
    private func record(of job: Job) throws(CommandError) -> ImageRecord<Task.Value>? {
        let name = job.input.name
        do throws(InferenceError) {
            if let stored = job.stored {
                let result = try sessions.withSession(isAlone: job.isAlone) { session throws(InferenceError) in
                    try stored(session)
                }
                return ImageRecord(name: name, outcome: .success(result))
            }
            let clock = ContinuousClock()
            var last = clock.now
            func lap() -> Duration {
                defer { last = clock.now }
                return clock.now - last
            }
            var timing = ImageTiming()
            let image: RGBImage
            do throws(ImageFailure) {
                guard let decoded = try preparation.decode(job.input, until: cancellation) else { return nil }
                image = decoded
            } catch {
                return ImageRecord(name: name, outcome: .failure(error))
            }
            timing.decode = lap()
            let input = try preparation.input(of: image)
            timing.preprocess = lap()
            let value = try sessions.withSession(isAlone: job.isAlone) { session throws(InferenceError) in
                try task.evaluate(input, of: image, on: session)
            }
            timing.inference = lap()
            return ImageRecord(name: name, outcome: .success(ImageResult(
                width: image.originalWidth, height: image.originalHeight, value: value, timing: timing,
                thumbnail: preparation.thumbnail(of: image))))
        } catch {
            switch error {
            case .image(let error): return ImageRecord(name: name, outcome: .failure(ImageFailure(error)))
            case .modelFile(let error): throw .fatal(error.description)
            }
        }
    }
}
