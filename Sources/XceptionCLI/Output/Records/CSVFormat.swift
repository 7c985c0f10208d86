import Platform

/// The contribution of a value to its record's row.
protocol CSVRecordValue: Sendable {
    /// After path, width, height and error.
    func csvFields() -> [String]

    /// Whether these, and no others, are columns that the values of some run filled.
    static func areColumns(_ names: [String]) -> Bool
}

/// Comma-separated values as RFC 4180 has them, but with LF, or the same with tabs: a header, then a line for each record.
struct CSVFormat<Value: CSVRecordValue>: TextualFormat {
    /// Names of the columns that the values fill.
    let columns: [String]
    var separator = CSVText.comma
    /// Whether the output begins with a byte order mark, by which Excel knows UTF-8.
    var hasByteOrderMark = false

    private static var firstColumns: [String] { ["path", "width", "height", "error"] }

    func header() -> String {
        (hasByteOrderMark ? CSVText.byteOrderMark : "") + (Self.firstColumns + columns).joined(separator: separator) + "\n"
    }

    func entry(_ record: ImageRecord<Value>, isFirst: Bool) -> String {
        var fields = [CSVText.path(record.name.path)]
        switch record.outcome {
        case .success(let result): fields += ["\(result.width)", "\(result.height)", ""] + result.value.csvFields()
        case .failure(let failure): fields += ["", "", failure.code.rawValue]
        }
        fields += Array(repeating: "", count: max(0, Self.firstColumns.count + columns.count - fields.count))
        return fields.map { CSVText.field($0, separator: separator) }.joined(separator: separator) + "\n"
    }
}

extension CSVFormat: RecognizableOutput {
    /// A header of ours, and rows that have its width.
    static func wrote(_ file: FilePath, _ descriptor: Int32) throws(SystemError) -> Bool {
        var lines = LineReader(descriptor)
        guard let header = try lines.next() else { return false }
        var text = String(decoding: header.bytes, as: UTF8.self)[...]
        if text.hasPrefix(CSVText.byteOrderMark) { text.removeFirst() }
        let separator = text.contains(CSVText.tab) ? CSVText.tab : CSVText.comma
        let names = text.split(separator: separator, omittingEmptySubsequences: false)
        guard names.last?.last == "\n", names.starts(with: firstColumns, by: ==) else { return false }
        let columns = names.dropFirst(firstColumns.count).map { String($0.prefix { $0 != "\n" }) }
        guard Value.areColumns(columns) else { return false }
        var separators = 0
        var isQuoted = false
        while let line = try lines.next() {
            for byte in line.bytes {
                if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
                if byte == separator.utf8.first, !isQuoted { separators += 1 }
            }
            // A quoted field may have lines of its own.
            guard !isQuoted else { continue }
            guard separators == names.count - 1, line.end == .whole else { return false }
            separators = 0
        }
        return !isQuoted
    }
}
