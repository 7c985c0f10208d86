/// Turns records into bytes, one format each.
protocol RecordFormat<Value>: Sendable {
    associatedtype Value: Sendable

    /// Returns the text before the first record.
    func header() -> String
    /// Returns a record as bytes, since paths need not be text. Empty if the format leaves the record out.
    ///
    /// - Parameter isFirst: true if no record has been written yet.
    func bytes(_ record: ImageRecord<Value>, isFirst: Bool) -> [UInt8]
    /// Returns the text after the last record.
    func footer(_ summary: RunSummary) -> String
}

/// A format whose records are all text.
protocol TextualFormat<Value>: RecordFormat {
    func entry(_ record: ImageRecord<Value>, isFirst: Bool) -> String
}

extension TextualFormat {
    func bytes(_ record: ImageRecord<Value>, isFirst: Bool) -> [UInt8] { Array(entry(record, isFirst: isFirst).utf8) }
}

extension RecordFormat {
    func header() -> String { "" }
    func footer(_ summary: RunSummary) -> String { "" }
}
