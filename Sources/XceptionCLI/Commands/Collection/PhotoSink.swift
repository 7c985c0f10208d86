import Platform

/// Hands a run's results to a command, in input order.
final class PhotoSink<Value: Sendable>: RecordSink {
    private let body: @Sendable (ImageName, ImageResult<Value>) throws(CommandError) -> Void

    init(_ body: @escaping @Sendable (ImageName, ImageResult<Value>) throws(CommandError) -> Void) {
        self.body = body
    }

    func write(_ record: ImageRecord<Value>) throws(CommandError) {
        guard case .success(let result) = record.outcome else { return }
        try body(record.name, result)
    }

    func finish(_ summary: RunSummary) -> String? { nil }
}
