import Foundation
import Images
import Platform
import Synchronization
import TestSupport
import Testing
import Xception

@testable import XceptionCLI

@Suite struct RunUnitTests {
    private final class Recorder: RecordSink, @unchecked Sendable {
        var paths: [String] = []
        var end = ""
        /// Closes its pipe after this many records.
        var reads = Int.max
        let isTerminal = false

        func write(_ record: ImageRecord<Int>) throws(CommandError) {
            guard paths.count < reads else { throw .readerClosed }
            paths.append(record.name.path.text)
        }

        func finish(_ summary: RunSummary) throws(CommandError) -> String? {
            end = summary.isComplete ? "complete" : "incomplete"
            return nil
        }

        func abandon() { end = "abandoned" }
    }

    private static func record(_ number: Int, fails: Bool = false) -> ImageRecord<Int> {
        ImageRecord(
            name: ImageName(path: FilePath(argument: "\(number)")),
            outcome: fails
                ? .failure(ImageFailure(code: .notFound, message: ""))
                : .success(ImageResult(width: 1, height: 1, value: number, timing: ImageTiming())))
    }

    private static func log() -> RunLog {
        RunLog(verbosity: .quiet, showsProgress: false, showsSummary: false)
    }

    @Test("Records leave in input order, whatever order they come in; gaps that will not be filled are passed")
    func order() throws {
        let recorder = Recorder()
        let delivery = RecordDelivery(to: [recorder], log: Self.log(), stopsAtFailure: false)
        var passed = 0
        for number in [3, 1, 0, 5, 4] {
            #expect(try !delivery.add(Self.record(number), index: number) { passed += 1 })
        }
        #expect(recorder.paths == ["0", "1"] && passed == 2)
        #expect(try !delivery.add(nil, index: 2) { passed += 1 })
        #expect(recorder.paths == ["0", "1", "3", "4", "5"] && passed == 6)
        let summary = try delivery.finish(seconds: 1, isComplete: true)
        #expect(summary.images == 5 && recorder.end == "complete")
    }

    @Test("The first failure in input order is the last record, where that is asked for")
    func failFast() throws {
        let recorder = Recorder()
        let delivery = RecordDelivery(to: [recorder], log: Self.log(), stopsAtFailure: true)
        #expect(try !delivery.add(Self.record(2), index: 2) {})
        #expect(try !delivery.add(Self.record(1, fails: true), index: 1) {})
        #expect(try delivery.add(Self.record(0), index: 0) {})
        #expect(recorder.paths == ["0", "1"])
        #expect(try delivery.finish(seconds: 1, isComplete: true).failed == 1)
        #expect(recorder.end == "incomplete")
    }

    @Test("A sink that nobody reads is dropped; without any the run is over")
    func readers() throws {
        let (first, second) = (Recorder(), Recorder())
        (first.reads, second.reads) = (1, 2)
        let delivery = RecordDelivery(to: [first, second], log: Self.log(), stopsAtFailure: false)
        for number in 0..<2 { #expect(try !delivery.add(Self.record(number), index: number) {}) }
        #expect(first.paths == ["0"] && second.paths == ["0", "1"])
        #expect(throws: CommandError.readerClosed) { try delivery.add(Self.record(2), index: 2) {} }
    }

    @Test("A run that stops itself does not stop the next one in the process; a signal stops both")
    func cancellation() {
        let process = Cancellation()
        let (first, second) = (Cancellation(within: process), Cancellation(within: process))
        first.request()
        #expect(first.isRequested && !second.isRequested && !process.isRequested && first.signal == nil)
        process.request(signal: SIGTERM)
        #expect(second.isRequested && second.signal == SIGTERM && first.signal == SIGTERM)
        // Nothing is ever to be read here: only the request wakes.
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0 && !second.waitForInput(ends[0]))
        for end in ends { close(end) }
    }

    @Test("Nothing to write leaves outputs as they were")
    func nothing() throws {
        let recorder = Recorder()
        let delivery = RecordDelivery(to: [recorder], log: Self.log(), stopsAtFailure: false)
        #expect(try !delivery.finish(seconds: 1, isComplete: true).hasResults)
        #expect(recorder.end == "abandoned")
    }

    /// A task that needs no network: the run is generic over what is computed.
    private struct SizeTask: ImageTask {
        func evaluate(_ input: InputTensor, of image: RGBImage, on session: InferenceSession) -> Int {
            image.width * image.height
        }
    }

    private final class Sizes: RecordSink, @unchecked Sendable {
        var values: [String: Int] = [:]
        var order: [String] = []
        let isTerminal = false

        func write(_ record: ImageRecord<Int>) {
            order.append(record.name.path.text)
            if case .success(let result) = record.outcome { values[record.name.path.text] = result.value }
        }

        func finish(_ summary: RunSummary) -> String? { nil }
        func abandon() {}
    }

    @Test("A run computes what its task says for every image, in order, on any number of threads", arguments: [1, 4])
    func sizes(threads: Int) throws {
        let sizes = Sizes()
        let folder = try TemporaryFolder()
        let coffee = try Data(contentsOf: URL(filePath: Program.photos + "/coffee.jpg"))
        let cat = try Data(contentsOf: URL(filePath: Program.photos + "/chelsea.png"))
        let paths = try (0..<40).map { index in
            index % 3 == 2 ? "/missing/\(index)" : try folder.write("\(index)", index % 3 == 0 ? coffee : cat).text
        }
        let extractor = try ModelOptions.parse([]).extractor()
        let run = ImageRun(
            SizeTask(), ImagePreparation(decoding: DecodeOptions(), preprocessor: extractor.preprocessor),
            source: PathSource(paths.map(FilePath.init(argument:))),
            sessions: SessionPool(extractor, threads: threads), isSingleImage: false, cancellation: Cancellation(),
            delivery: RecordDelivery(to: [sizes], log: Self.log(), stopsAtFailure: false))
        let summary = try run()
        #expect(summary.images == 40 && summary.failed == 13)
        #expect(sizes.order == paths)
        let present = paths.enumerated().filter { $0.offset % 3 != 2 }
        #expect(sizes.values == Dictionary(uniqueKeysWithValues: present.map { ($1, $0 % 3 == 0 ? 600 * 400 : 451 * 300) }))
    }
}
