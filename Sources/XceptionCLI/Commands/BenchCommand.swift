import ArgumentParser
import Images
import ModelFiles
import Platform
import Synchronization
import Xception

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure the forward pass: latency, throughput, each layer.",
        discussion: """
            Latency: one image on all threads. Throughput: one image per thread. Effective GFLOP/s count \
            direct convolution, so Strassen and Winograd can exceed the limit, which is measured with \
            register-only multiply-adds. A line on standard error warns if other programs took processor \
            time: the figures are then those of a busy machine.
            """)

    @OptionGroup var models: ModelOptions

    @OptionGroup var threads: ThreadOptions

    @Option(parsing: .unconditional, help: ArgumentHelp("Timed runs after a warm-up.", valueName: "n"))
    var runs = 20

    @Option(parsing: .unconditional, help: ArgumentHelp("Images per throughput run.", valueName: "n"))
    var batch = 8

    @Flag(help: "Also report each layer: time, effective GFLOP/s, share of the limit.")
    var layers = false

    @Flag(help: "Write JSON.")
    var json = false

    @Flag(help: "Write only the best latency in milliseconds, for scripts.")
    var milliseconds = false

    func validate() throws {
        guard !json || !milliseconds else { throw ValidationError("--json and --milliseconds contradict each other.") }
        for (name, count) in [("--runs", runs), ("--batch", batch)] where !(1...1_000_000).contains(count) {
            throw ValidationError("\(name) must be between 1 and 1000000, not \(count).")
        }
    }

    func run() throws {
        let model = try models.model(prepacking: .atOnce)
        let session = InferenceSession(model.extractor, threads: threads.count)
        let input = try Self.noise(size: model.extractor.preprocessor.size)
        let (latencies, processorShare) = try latencies(session, input, model.headWeights)
        if processorShare < Self.ownProcessors {
            StandardError.write(
                "other programs took processor time: \(NumberText.counted(threads.count, "thread")) ran for "
                    + "\(NumberText.fixed(100 * processorShare, digits: 0))% of the time; measure again on an idle "
                    + "machine"
            )
        }
        guard !milliseconds else {
            try StandardOutput.write(NumberText.short(latencies[0], digits: 3) + "\n")
            return
        }
        let report = BenchReport(
            model: model, threads: threads.count, batch: batch,
            latencies: latencies, processorShare: processorShare, throughput: try throughput(model, input),
            limit: session.peakThroughput(),
            layers: layers ? try layerTimes(session, input, model.headWeights) : [])
        try StandardOutput.write(json ? report.json + "\n" : report.text)
    }

    /// The share of time for which all threads run if no other program does: between two layers they wait for each
    /// other without sleeping.
    private static let ownProcessors = 0.9

    /// Measures latencies in milliseconds, sorted, and the share of their time for which the threads had a processor.
    private func latencies(
        _ session: InferenceSession, _ input: InputTensor, _ head: HeadWeights
    ) throws -> ([Double], processorShare: Double) {
        _ = try session.logits(input, head)
        let clock = ContinuousClock()
        let start = clock.now
        let startOfProcess = processTime()
        let latencies = try (0..<runs).map { _ in try clock.measure { _ = try session.logits(input, head) }.milliseconds
        }
        let share = (processTime() - startOfProcess) / (clock.now - start) / Double(threads.count)
        return (latencies.sorted(), share)
    }

    /// Measures images per second with one image per thread: the best of three batches.
    private func throughput(_ model: Model, _ input: InputTensor) throws -> Double {
        let sessions = SessionPool(model.extractor, threads: threads.count)
        let clock = ContinuousClock()
        func measureBatch() throws -> Double {
            let images = Atomic<Int>(0)
            let failure = Mutex<InferenceError?>(nil)
            let duration = clock.measure {
                onThreads(threads.count) {
                    sessions.withSession(isAlone: false) { session in
                        do throws(InferenceError) {
                            while images.add(1, ordering: .relaxed).oldValue < batch {
                                _ = try session.logits(input, model.headWeights)
                            }
                        } catch {
                            failure.withLock { $0 = error }
                        }
                    }
                }
            }
            if let error = failure.withLock({ $0 }) { throw error }
            return Double(batch) / (duration.milliseconds / 1e3)
        }
        _ = try measureBatch()
        return try (0..<3).map { _ in try measureBatch() }.max()!
    }

    /// Measures each layer: the best of the runs.
    private func layerTimes(
        _ session: InferenceSession, _ input: InputTensor, _ head: HeadWeights
    ) throws -> [(name: String, milliseconds: Double)] {
        var best: [(name: String, milliseconds: Double)] = []
        for _ in 0..<runs {
            let times = try session.profile(input, head).map { (name: $0.name, milliseconds: $0.duration.milliseconds) }
            best = best.isEmpty ? times : zip(best, times).map { $0.milliseconds < $1.milliseconds ? $0 : $1 }
        }
        return best
    }

    /// Returns the same noise every time. The numbers hardly matter, but they must not all be alike.
    private static func noise(size: Int) throws(ImageError) -> InputTensor {
        var state: UInt64 = 1
        return try InputTensor(height: size, width: size, values: (0..<size * size * 3).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 40) / Float(1 << 23) - 1
        })
    }
}
