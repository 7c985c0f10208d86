/// Turns records into text, one format each.
protocol RecordFormat<Value> {
    associatedtype Value: Sendable

    /// Before the first record.
    func header() -> String
    func entry(_ record: ImageRecord<Value>, isFirst: Bool) -> String
    /// After the last.
    func footer(_ summary: RunSummary) -> String
}

extension RecordFormat {
    func header() -> String { "" }
    func footer(_ summary: RunSummary) -> String { "" }
}
