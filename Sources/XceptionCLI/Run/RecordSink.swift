/// Where records go, in input order: a file, standard output, a page, a command's memory.
protocol RecordSink<Value>: AnyObject {
    associatedtype Value: Sendable

    /// Whether what is written appears on a terminal.
    var isTerminal: Bool { get }

    /// The longer side, in pixels, of the thumbnails that the sink shows; nil if it shows none.
    var thumbnailSize: Int? { get }

    /// The images whose records the sink holds from an earlier run.
    var known: (any KnownImages<Value>)? { get }

    /// - Throws: ``CommandError/readerClosed`` if the reader has closed its end.
    func write(_ record: ImageRecord<Value>) throws(CommandError)

    /// Completes what was written. Called once, if the run has results.
    ///
    /// - Returns: a note for the user, if there is anything to note.
    func finish(_ summary: RunSummary) throws(CommandError) -> String?

    /// Leaves what was there before the run. Called in place of `finish`.
    func abandon()
}

extension RecordSink {
    var isTerminal: Bool { false }
    var thumbnailSize: Int? { nil }
    var known: (any KnownImages<Value>)? { nil }
    func abandon() {}
}
