/// The formats of `classify`.
enum ClassificationFormat: String, CommandFormat {
    case text, table, json, jsonl, csv, tsv, exiftool

    static let standard = text

    var grows: Bool { self == .jsonl }

    var endings: [String] {
        switch self {
        case .text: [".txt", ".text", ".tab", ".lst", ".list", ".log", ".out"]
        case .table, .exiftool: []
        case .json: [".json"]
        case .jsonl: [".jsonl", ".ndjson"]
        case .csv: [".csv"]
        case .tsv: [".tsv"]
        }
    }

    /// The separator between the fields of a row; nil if the format has no rows.
    var separator: String? {
        switch self {
        case .csv: CSVText.comma
        case .tsv: CSVText.tab
        case .text, .table, .json, .jsonl, .exiftool: nil
        }
    }
}
