import Platform
import Synchronization

/// A run's results in memory, for commands that need all of them.
final class CollectedRecords<Value: Sendable>: RecordSink, Sendable {
    private let records = Mutex<[ImageRecord<Value>]>([])
    let thumbnailSize: Int?

    init(thumbnailSize: Int? = nil) {
        self.thumbnailSize = thumbnailSize
    }

    func write(_ record: ImageRecord<Value>) {
        records.withLock { $0.append(record) }
    }

    func finish(_ summary: RunSummary) -> String? { nil }

    /// The results of the images that did not fail, in input order.
    var results: [(path: FilePath, result: ImageResult<Value>)] {
        records.withLock { $0 }.compactMap { record in
            if case .success(let result) = record.outcome { (record.name.path, result) } else { nil }
        }
    }
}
