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
        var resumed: ResumedRecords
        var next = 0
    }

    private let task: Task
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
        /// Whether what came before is as good as ever.
        let keepsRecords: Bool
    }

    /// Images in flight, or waiting for an earlier one's record, for each thread. More would let
    /// threads run further ahead of one slow image, at the price of memory.
    private static var imagesPerThread: Int { 4 }

    /// - Parameters:
    ///   - sessions: lends the network to each thread.
    ///   - isSingleImage: whether the source will yield one image, which then gets all threads.
    ///   - resumed: images that are left out, once each.
    ///   - forbidden: files that are outputs, and must not turn up as images.
    init(
        _ task: Task, source: sending any ImageSource, sessions: SessionPool, isSingleImage: Bool, resumed: ResumedRecords,
        forbidden: Set<FileIdentity>, cancellation: Cancellation, delivery: RecordDelivery<Task.Value>
    ) {
        self.task = task
        self.sessions = sessions
        self.isSingleImage = isSingleImage
        self.forbidden = forbidden
        self.cancellation = cancellation
        self.delivery = delivery
        threads = isSingleImage ? 1 : sessions.threads
        window = RunWindow(size: threads * Self.imagesPerThread)
        dispatch = Mutex(Dispatch(source: source, resumed: resumed))
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
                seconds: (clock.now - start).milliseconds / 1e3, isComplete: failure == nil && cancellation.signal == nil)
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
                guard let (index, input, isAlone) = try next() else { break }
                let record = try record(of: input, isAlone: isAlone)
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

    /// Has the other threads finish what they have, whatever they wait for.
    private func stop() {
        cancellation.request()
        window.close()
    }

    /// The next image, its number, and whether no other is in sight. Nil at the end.
    private func next() throws(CommandError) -> (Int, ImageInput, isAlone: Bool)? {
        try dispatch.withLock { dispatch throws(CommandError) in
            while !cancellation.isRequested, let entry = nextEntry(of: dispatch.source) {
                guard case .image(let input) = entry else {
                    if case .skipped(let path, let reason) = entry { delivery.skipped(path, reason) }
                    continue
                }
                if !forbidden.isEmpty, let status = FileStatus(input.name.path), forbidden.contains(status.identity) {
                    throw .outputIsInput(input.name.path)
                }
                if input.hasOwnName, let isFailure = dispatch.resumed.take(input.name.path) {
                    delivery.resumed(isFailure: isFailure)
                    continue
                }
                defer { dispatch.next += 1 }
                let others = inFlight.add(1, ordering: .relaxed).oldValue
                return (dispatch.next, input, isSingleImage || others == 0 && !dispatch.source.isReady)
            }
            // No more images: whoever waits for a place waits in vain.
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

    /// - Returns: nil if the image was still being waited for at the cancellation.
    private func record(of input: ImageInput, isAlone: Bool) throws(CommandError) -> ImageRecord<Task.Value>? {
        let clock = ContinuousClock()
        let start = clock.now
        let image: RGBImage
        do throws(ImageFailure) {
            guard let bytes = try input.bytes(limit: task.decoding.maximumMemory, until: cancellation) else { return nil }
            do { image = try bytes.decoded(task.decoding) } catch { throw ImageFailure(error) }
        } catch {
            return ImageRecord(name: input.name, outcome: .failure(error))
        }
        let readTime = clock.now - start
        do throws(ImageTaskError) {
            let value = try sessions.withSession(isAlone: isAlone) { session throws(ImageTaskError) in
                try task.evaluate(image, readTime: readTime, on: session)
            }
            return ImageRecord(name: input.name, outcome: .success(value))
        } catch {
            switch error {
            case .image(let error): return ImageRecord(name: input.name, outcome: .failure(ImageFailure(error)))
            case .model(let error): throw .fatal(error.description)
            }
        }
    }
}
