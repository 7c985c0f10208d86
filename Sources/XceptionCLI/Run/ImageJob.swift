import CMalloc
import ModelFiles
import Platform
import Xception

/// A computation over all images of a command line, from the check of its outputs to the last record.
struct ImageJob {
    let inputs: RunInput
    let extractor: FeatureExtractor
    /// The head that the task applies, if any.
    let head: Head?
    let preparation: ImagePreparation
    let options: RunOptions

    /// Keeps outputs from replacing the images and the model of this job.
    var overwriteCheck: OverwriteCheck {
        OverwriteCheck(inputs: inputs, models: [extractor.backbone.file.path] + (head.map { [$0.file.path] } ?? []))
    }

    /// Computes a task's value for each image, and writes the records in input order.
    ///
    /// - Parameters:
    ///   - outputs: the outputs; the first is the command's own.
    ///   - known: images that need not be decoded, in addition to those whose records an output holds.
    /// - Throws: ``CommandError`` if an output must not be written, or the run cannot go on. Failed images and signals
    ///   are not thrown: see ``RunSummary/requireSuccess(_:)``.
    func run<Task: ImageTask>(
        _ task: Task, to outputs: [RunOutput<Task.Value>], knowing known: (any KnownImages<Task.Value>)? = nil
    ) throws(CommandError) -> RunSummary {
        let files = outputs.flatMap(\.files)
        try overwriteCheck.check(files)
        returnLargeBuffersWhenFreed()
        Cancellation.listen()
        let cancellation = Cancellation(within: .ofProcess)
        let source = try inputs.open(limit: preparation.decoding.maximumMemory, cancellation: cancellation)

        var sinks: [any RecordSink<Task.Value>] = []
        for output in outputs { sinks.append(try output.open()) }
        let known = sinks.compactMap { $0.known } + [known].compactMap { $0 }
        let showsEarlier = sinks.count > 1
        var preparation = preparation
        preparation.decoding.formats = inputs.search.formats
        preparation.thumbnailSize = sinks.compactMap { $0.thumbnailSize }.max()

        let log = RunLog(options, isSingleImage: inputs.isSingleImage)
        let countsImages = log.showsProgress
        let delivery = RecordDelivery(to: sinks, log: log, stopsAtFailure: options.failFast)
        let run = ImageRun(
            task, preparation, source: source, sessions: SessionPool(extractor, threads: options.threads.count),
            isSingleImage: inputs.isSingleImage, known: known, showsEarlier: showsEarlier, outputs: files.map(\.path),
            cancellation: cancellation, delivery: delivery)
        if countsImages {
            inBackground { [inputs] in
                if let count = inputs.count(until: cancellation) { delivery.setTotal(count) }
            }
        }
        return try run()
    }

    /// Makes the C library return buffers of a megabyte and more, which are those of decoded photos, to the system when
    /// they are freed. Otherwise it keeps room for the largest in every thread's heap: 20 MB on two threads.
    private func returnLargeBuffersWhenFreed() {
        #if canImport(Glibc)
        mallopt(M_MMAP_THRESHOLD, 1 << 20)
        #endif
    }
}
