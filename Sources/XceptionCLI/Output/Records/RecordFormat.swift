/// Turns records into bytes, one format each.
protocol RecordFormat<Value>: Sendable {
    associatedtype Value: Sendable

    /// Before the first record.
    func header() -> String
    /// Bytes, since paths need not be text. None if the format leaves the record out.
    ///
    /// - Parameter isFirst: whether no record has been written yet.
    func bytes(_ record: ImageRecord<Value>, isFirst: Bool) -> [UInt8]
    /// After the last.
    func footer(_ summary: RunSummary) -> String
}

/// A format of which every record is text.
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
