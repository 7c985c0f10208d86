import Images
import Platform
import Synchronization
import Xception

/// Computes a task's value for all images of a source, and passes the records on in input order.
///
/// Several images are in progress, one per thread from file to record: no thread waits for another, and reading and
/// decoding overlap the arithmetic. A lone image gets all threads.
final class ImageRun<Task: ImageTask>: Sendable {
    /// The source of images, and its state.
    private struct Dispatch {
        var source: any ImageSource
        var earlier: EarlierRecords?
        var next = 0
    }

    private let task: Task
    private let preparation: ImagePreparation
    private let threads: Int
    private let sessions: SessionPool
    private let isSingleImage: Bool
    private let known: [any KnownImages<Task.Value>]
    private let outputs: [FilePath]
    private let cancellation: Cancellation
    private let dispatch: Mutex<Dispatch>
    private let delivery: RecordDelivery<Task.Value>
    private let window: RunWindow
    private let inFlight = Atomic<Int>(0)
    private let failure = Mutex<Failure?>(nil)

    /// The failure that stopped the run.
    private struct Failure {
        let error: CommandError
        /// True if the records so far remain valid.
        let keepsRecords: Bool
    }

    /// The number of images in progress, or waiting for an earlier one's record, per thread. More would let threads run
    /// further ahead of one slow image, at the price of memory.
    private static var imagesPerThread: Int { 4 }

    /// - Parameters:
    ///   - sessions: lends the network to each thread.
    ///   - isSingleImage: true if the source yields one image, which then gets all threads.
    ///   - known: images that need not be computed.
    ///   - showsEarlier: true if some outputs show the records of known images, too.
    ///   - outputs: files that must not be among the images.
    ///   - cancellation: this run's own, requested when the run stops itself.
    init(
        _ task: Task, _ preparation: ImagePreparation, source: sending any ImageSource, sessions: SessionPool,
        isSingleImage: Bool, known: [any KnownImages<Task.Value>] = [], showsEarlier: Bool = false,
        outputs: [FilePath] = [], cancellation: Cancellation, delivery: RecordDelivery<Task.Value>
    ) {
        self.task = task
        self.preparation = preparation
        self.sessions = sessions
        self.isSingleImage = isSingleImage
        self.known = known
        self.outputs = outputs
        self.cancellation = cancellation
        self.delivery = delivery
        threads = isSingleImage ? 1 : sessions.threads
        window = RunWindow(size: threads * Self.imagesPerThread)
        dispatch = Mutex(Dispatch(source: source, earlier: showsEarlier ? .standing : nil))
    }

    /// Runs to the end of the source, to the first failure if the options ask for that, or to a cancellation.
    ///
    /// - Throws: ``CommandError`` if the run could not go on. Records before an unreadable list or frame are kept;
    ///   after any other error, outputs that would have been replaced keep their earlier content.
    func callAsFunction() throws(CommandError) -> RunSummary {
        let clock = ContinuousClock()
        let start = clock.now
        onThreads(threads) { self.work() }
        let failure = failure.withLock { $0 }
        let summary: RunSummary
        do throws(CommandError) {
            if let failure, !failure.keepsRecords { throw failure.error }
            summary = try delivery.finish(
                seconds: (clock.now - start).milliseconds / 1e3,
                isComplete: failure == nil && cancellation.signal == nil,
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

    /// Makes the other threads finish their images, and wakes waiting ones.
    private func stop() {
        cancellation.request()
        window.close()
    }

    // MARK: - From the source

    /// A record to be made by a thread.
    private enum Job {
        /// - Parameter isAlone: true if no other image is in sight, so that all threads may work on this one.
        case computed(ImageInput, isAlone: Bool)
        /// A value from stored data, as in ``KnownImage/stored(_:)``.
        case stored(ImageName, @Sendable (InferenceSession) throws(InferenceError) -> ImageResult<Task.Value>)
        /// A record of an earlier run, for outputs that show it.
        case earlier(ImageRecord<Task.Value>)
    }

    /// Returns the next job and its number, or nil at the end.
    private func next() throws(CommandError) -> (Int, Job)? {
        try dispatch.withLock { dispatch throws(CommandError) in
            guard let job = try nextJob(&dispatch) else {
                // No more images: wake the threads that wait for a place.
                window.close()
                return nil
            }
            defer { dispatch.next += 1 }
            return (dispatch.next, job)
        }
    }

    private func nextJob(_ dispatch: inout Dispatch) throws(CommandError) -> Job? {
        if dispatch.earlier == .standing {
            if !cancellation.isRequested, let record = try earlierRecord(.standing) { return .earlier(record) }
            dispatch.earlier = .leftOver
        }
        while !cancellation.isRequested, let entry = nextEntry(of: dispatch.source) {
            switch entry {
            case .skipped(let path, let reason): delivery.skipped(path, reason)
            case .image(let input):
                try checkIsNoOutput(input)
                switch takeKnown(input) {
                case .recorded: delivery.resumed()
                case .stored(let value): return .stored(input.name, value)
                case nil:
                    let others = inFlight.add(1, ordering: .relaxed).oldValue
                    return .computed(input, isAlone: isSingleImage || others == 0 && !dispatch.source.isReady)
                }
            }
        }
        guard dispatch.earlier != nil, !cancellation.isRequested else { return nil }
        if let record = try earlierRecord(.leftOver) { return .earlier(record) }
        dispatch.earlier = nil
        return nil
    }

    private func takeKnown(_ input: ImageInput) -> KnownImage<Task.Value>? {
        for images in known {
            if let image = images.take(input) { return image }
        }
        return nil
    }

    private func earlierRecord(_ part: EarlierRecords) throws(CommandError) -> ImageRecord<Task.Value>? {
        for images in known {
            if let record = try images.nextRecord(part) { return record }
        }
        return nil
    }

    private func nextEntry(of source: any ImageSource) -> SourceEntry? {
        do {
            return try source.next()
        } catch {
            fail(error, keepingRecords: true)
            return nil
        }
    }

    /// Checks that an image is not an output. The outputs' paths are checked for each image: a file may have appeared
    /// there since the run began.
    private func checkIsNoOutput(_ input: ImageInput) throws(CommandError) {
        guard !outputs.isEmpty, let status = FileStatus(input.name.path), status.isRegular else { return }
        guard !outputs.contains(where: { FileStatus($0)?.identity == status.identity }) else {
            throw .outputIsInput(input.name.path)
        }
    }

    // MARK: - From file to record

    /// Makes a record.
    ///
    /// - Returns: nil if the cancellation came before the image.
    private func record(of job: Job) throws(CommandError) -> ImageRecord<Task.Value>? {
        switch job {
        case .earlier(let record): return withThumbnail(record)
        case .stored(let name, let value):
            let version = name.isPath ? FileStatus(name.path)?.version : nil
            return withThumbnail(try record(named: name, version: version) { () throws(InferenceError) in
                try sessions.withSession(isAlone: false) { session throws(InferenceError) in try value(session) }
            })
        case .computed(let input, let isAlone):
            defer { inFlight.subtract(1, ordering: .relaxed) }
            return try record(of: input, isAlone: isAlone)
        }
    }

    private func record(of input: ImageInput, isAlone: Bool) throws(CommandError) -> ImageRecord<Task.Value>? {
        let clock = ContinuousClock()
        var last = clock.now
        func lap() -> Duration {
            let start = last
            last = clock.now
            return last - start
        }
        let image: RGBImage
        let version: FileVersion?
        do throws(ImageFailure) {
            guard let decoded = try preparation.decode(input, until: cancellation) else { return nil }
            (image, version) = decoded
        } catch {
            return ImageRecord(name: input.name, outcome: .failure(error))
        }
        var timing = ImageTiming(decode: lap())
        return try record(named: input.name, version: version) { () throws(InferenceError) in
            let tensor = try preparation.input(of: image)
            timing.preprocess = lap()
            let value = try sessions.withSession(isAlone: isAlone) { session throws(InferenceError) in
                try task.evaluate(tensor, of: image, on: session)
            }
            timing.inference = lap()
            return ImageResult(
                width: image.originalWidth, height: image.originalHeight, isPreview: image.isPreview, value: value,
                timing: timing,
                thumbnail: preparation.thumbnail(of: image))
        }
    }

    private func record(
        named name: ImageName, version: FileVersion? = nil,
        _ result: () throws(InferenceError) -> ImageResult<Task.Value>
    ) throws(CommandError) -> ImageRecord<Task.Value> {
        do throws(InferenceError) {
            return ImageRecord(name: name, outcome: .success(try result()), version: version)
        } catch {
            switch error {
            case .image(let error): return ImageRecord(name: name, outcome: .failure(ImageFailure(error)))
            case .modelFile(let error): throw .fatal(error.description)
            }
        }
    }

    /// Adds a thumbnail. Neither lines of JSON nor collections hold any: a photo that is still there is decoded again.
    private func withThumbnail(_ record: ImageRecord<Task.Value>) -> ImageRecord<Task.Value> {
        guard preparation.thumbnailSize != nil, record.name.isPath, case .success(var result) = record.outcome,
            let decoded = try? preparation.decode(.file(record.name.path), until: cancellation)
        else { return record }
        result.thumbnail = preparation.thumbnail(of: decoded.image)
        return ImageRecord(
            name: record.name, outcome: .success(result), version: record.version, isEarlier: record.isEarlier)
    }
}
