/// Appends records to a file of JSON lines, and keeps those already in it.
final class LinesOutput<Value: JSONRecordValue>: RecordSink {
    private let format: JSONLinesFormat<Value>
    private let destination: OutputDestination
    private let resumed: ResumedRecords<Value>?

    /// Opens the output.
    ///
    /// - Parameter resumes: true to keep the file's lines.
    init(_ format: JSONLinesFormat<Value>, to file: GrowingFile, resumes: Bool) throws(CommandError) {
        self.format = format
        resumed = resumes ? try ResumedRecords(file, origin: format.origin) : nil
        try file.truncate(to: resumed?.length ?? 0)
        destination = OutputDestination(file.descriptor, name: file.path.line)
    }

    var known: (any KnownImages<Value>)? { resumed }

    func write(_ record: ImageRecord<Value>) throws(CommandError) {
        if !record.isEarlier { try destination.write(format.bytes(record, isFirst: false)) }
    }

    func finish(_ summary: RunSummary) throws(CommandError) -> String? {
        let note = try destination.finish(isComplete: summary.isComplete)
        try resumed?.replaceOldLines()
        return note
    }
}
