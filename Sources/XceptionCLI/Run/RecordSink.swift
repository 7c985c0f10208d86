/// A receiver of records in input order: a file, standard output, a page, a command's memory.
protocol RecordSink<Value>: AnyObject {
    associatedtype Value: Sendable

    /// True if the output appears on a terminal.
    var isTerminal: Bool { get }

    /// The longer side, in pixels, of the thumbnails that the sink shows; nil if it shows none.
    var thumbnailSize: Int? { get }

    /// The images whose records the sink holds from an earlier run.
    var known: (any KnownImages<Value>)? { get }

    /// Writes a record.
    ///
    /// - Throws: ``CommandError/readerClosed`` if the reader has closed its end.
    func write(_ record: ImageRecord<Value>) throws(CommandError)

    /// Completes the output. Called once, if the run has results.
    ///
    /// - Returns: a note for the user, if any.
    func finish(_ summary: RunSummary) throws(CommandError) -> String?

    /// Keeps the state before the run. Called in place of `finish`.
    func abandon()
}

extension RecordSink {
    var isTerminal: Bool { false }
    var thumbnailSize: Int? { nil }
    var known: (any KnownImages<Value>)? { nil }
    func abandon() {}
}
