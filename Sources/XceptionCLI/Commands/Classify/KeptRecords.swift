/// Passes on the records of images selected by `--label` and `--not-label`, and those of failures.
final class KeptRecords: RecordSink {
    private let sink: any RecordSink<Classification>

    init(_ sink: any RecordSink<Classification>) {
        self.sink = sink
    }

    var isTerminal: Bool { sink.isTerminal }
    var thumbnailSize: Int? { sink.thumbnailSize }
    var known: (any KnownImages<Classification>)? { sink.known }

    func write(_ record: ImageRecord<Classification>) throws(CommandError) {
        if case .success(let result) = record.outcome, !result.value.isKept { return }
        try sink.write(record)
    }

    func finish(_ summary: RunSummary) throws(CommandError) -> String? { try sink.finish(summary) }

    func abandon() { sink.abandon() }
}
