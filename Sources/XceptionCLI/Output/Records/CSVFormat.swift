import Platform

/// The contribution of a value to its record's row.
protocol CSVRecordValue: Sendable {
    /// Returns the fields after path, width, height and error.
    func csvFields() -> [String]

    /// Returns true if these are exactly the columns of some run.
    static func areColumns(_ names: [String]) -> Bool
}

/// Comma-separated values of RFC 4180, but with LF, or the same with tabs: a header, then one line per record.
struct CSVFormat<Value: CSVRecordValue>: TextualFormat {
    /// Names of the columns that the values fill.
    let columns: [String]
    var separator = CSVText.comma
    /// True if the output begins with a byte order mark, by which Excel detects UTF-8.
    var hasByteOrderMark = false

    private static var firstColumns: [String] { ["path", "width", "height", "error"] }

    func header() -> String {
        (hasByteOrderMark ? CSVText.byteOrderMark : "") + (Self.firstColumns + columns).joined(separator: separator)
            + "\n"
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
    /// Returns true for a header of this program followed by rows of its width.
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
            // A quoted field may contain line ends.
            guard !isQuoted else { continue }
            guard separators == names.count - 1, line.end == .whole else { return false }
            separators = 0
        }
        return !isQuoted
    }
}
