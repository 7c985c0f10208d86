/// The formats of `classify`.
enum ClassificationFormat: String, CommandFormat {
    case text, json, jsonl, csv, tsv, exiftool

    static let standard = text

    var grows: Bool { self == .jsonl }

    var endings: [String] {
        switch self {
        case .text: [".txt", ".text", ".tab", ".lst", ".list", ".log", ".out"]
        case .exiftool: []
        case .json: [".json"]
        case .jsonl: [".jsonl", ".ndjson"]
        case .csv: [".csv"]
        case .tsv: [".tsv"]
        }
    }

    /// What stands between the fields of a row; nil if the format has no rows.
    var separator: String? {
        switch self {
        case .csv: CSVText.comma
        case .tsv: CSVText.tab
        case .text, .json, .jsonl, .exiftool: nil
        }
    }
}
