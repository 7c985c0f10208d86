import ArgumentParser
import Xception

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json, jsonl, csv
}

/// Turns results into bytes, one format each.
protocol ResultFormat {
    /// Before the first result.
    func header() -> String
    func entry(_ result: ImageResult, isFirst: Bool) -> String
    /// After the last.
    func footer(_ summary: RunSummary) -> String
}

extension ResultFormat {
    func header() -> String { "" }
    func footer(_ summary: RunSummary) -> String { "" }
}
