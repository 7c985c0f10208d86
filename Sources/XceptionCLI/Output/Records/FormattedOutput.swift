/// Writes records in a format to a destination.
final class FormattedOutput<Value: Sendable>: RecordSink {
    private let format: any RecordFormat<Value>
    private let destination: OutputDestination
    private var hasBegun = false
    private var isFirst = true

    init(_ format: any RecordFormat<Value>, to destination: OutputDestination) {
        self.format = format
        self.destination = destination
    }

    var isTerminal: Bool { destination.isTerminal }

    func write(_ record: ImageRecord<Value>) throws(CommandError) {
        try begin()
        let bytes = format.bytes(record, isFirst: isFirst)
        try destination.write(bytes)
        if !bytes.isEmpty { isFirst = false }
    }

    func finish(_ summary: RunSummary) throws(CommandError) -> String? {
        try begin()
        try destination.write(format.footer(summary))
        return try destination.finish(isComplete: summary.isComplete)
    }

    func abandon() {
        destination.abandon()
    }

    private func begin() throws(CommandError) {
        guard !hasBegun else { return }
        hasBegun = true
        try destination.write(format.header())
    }
}
