import Platform

/// What a value contributes to its record's row.
protocol CSVRecordValue: Sendable {
    /// After path, width, height and error.
    func csvFields() -> [String]
}

/// Comma-separated values as RFC 4180 has them, but with LF: a header, then a line for each record.
struct CSVFormat<Value: CSVRecordValue>: TextualFormat {
    /// Names of the columns that the values fill.
    let columns: [String]

    func header() -> String {
        ([CSVText.firstColumns] + columns).joined(separator: ",") + "\n"
    }

    func entry(_ record: ImageRecord<Value>, isFirst: Bool) -> String {
        var fields = [CSVText.path(record.name.path)]
        switch record.outcome {
        case .success(let result): fields += ["\(result.width)", "\(result.height)", ""] + result.value.csvFields()
        case .failure(let failure): fields += ["", "", failure.code.rawValue]
        }
        fields += Array(repeating: "", count: max(0, 4 + columns.count - fields.count))
        return fields.map(CSVText.field).joined(separator: ",") + "\n"
    }
}

enum CSVText {
    /// What every file begins with.
    static let firstColumns = "path,width,height,error"

    /// A path that no spreadsheet takes for a formula: `./=1+1.jpg` is the same file.
    static func path(_ path: FilePath) -> String {
        guard let first = path.bytes.first, formulaBeginnings.contains(first), path != .standardInput else { return path.text }
        return "./" + path.text
    }

    /// What a model file says, which no spreadsheet takes for a formula: an apostrophe before it makes it
    /// text, as spreadsheets write it themselves. Numbers stay numbers.
    static func text(_ text: String) -> String {
        guard let first = text.utf8.first, formulaBeginnings.contains(first), Double(text) == nil else { return text }
        return "'" + text
    }

    private static let formulaBeginnings = "=+@-\t\r".utf8

    /// Control characters but tabs and line ends become U+FFFD.
    static func field(_ text: String) -> String {
        let text = text.printable(keeping: ["\t", "\n", "\r"])
        guard text.unicodeScalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
