import Platform
import Xception

/// The facts about a run that outputs state in addition to its records.
struct RunFacts {
    let model: ModelDescription
    /// The settings of the run, in words.
    let settings: [String]
    /// The number of predictions per image.
    let top: Int
    /// True if a concept is asked for.
    let hasConcept: Bool
    /// The head's concepts; nil if it has none, or no output shows them.
    let tree: HeadConcepts?
}

/// The outputs that the options describe.
struct ClassificationOutputs {
    let format: ClassificationFormat
    let output: OutputOptions<ClassificationFormat>
    let report: ReportOptions
    let tables: TableOptions
    let keywords: KeywordOptions
    let sort: SortOptions
    let display: DisplayOptions
    /// The least probability of a row in a table, except the first.
    let leastShown: Float
    /// The end of each path if paths alone are written; else nil.
    let pathSeparator: Unicode.Scalar?
    let facts: RunFacts

    /// All outputs, the command's own first.
    var all: [RunOutput<Classification>] { [main] + (page.map { [$0] } ?? []) }

    private var main: RunOutput<Classification> {
        if tables.groupBy != nil { return counts }
        switch format {
        case .text, .table: return document(textFormat)
        case .json: return document(JSONFormat(model: facts.model))
        case .jsonl:
            return output.lines(JSONLinesFormat(origin: RecordOrigin(model: facts.model, settings: facts.settings)))
        case .csv, .tsv:
            return document(CSVFormat(
                columns: Classification.csvColumns(top: facts.top, hasConcept: facts.hasConcept),
                separator: format.separator!, hasByteOrderMark: tables.bom))
        case .exiftool:
            return document(ExifToolFormat(
                prefix: keywords.firstStep, concepts: facts.tree, isForSidecars: keywords.sidecars))
        }
    }

    private func document(_ format: any RecordFormat<Classification>) -> RunOutput<Classification> {
        let (order, isReversed) = (sort.sort, sort.reverse)
        guard order != .none else { return output.document(format) }
        return output.whole {
            SortedOutput(format, to: $0, by: { SortKey($0) }) { a, b in
                isReversed ? b.precedes(a, by: order) : a.precedes(b, by: order)
            }
        }
    }

    /// The text format, which depends on the destination and never on the number of images.
    private var textFormat: any RecordFormat<Classification> {
        if let pathSeparator { return PathsFormat(separator: pathSeparator) }
        let columns = output.file == nil ? Terminal.columns(of: STDOUT_FILENO) : nil
        guard columns != nil || format == .table else { return TabbedTextFormat() }
        let isTerminal = output.file == nil
        let style = TextStyle(
            columns: columns, hasColor: isTerminal && display.hasColor(STDOUT_FILENO),
            linkBase: isTerminal && display.hasLinks(STDOUT_FILENO) ? .workingDirectory : nil)
        if facts.top == 1, let columns { return ShortTextFormat(style: style, columns: columns) }
        return TextFormat(style: style, leastShown: leastShown)
    }

    private var counts: RunOutput<Classification> {
        let table: LabelCounts.Format = switch format {
        case .json: .json(model: facts.model)
        case .csv, .tsv: .rows(separator: format.separator!, hasByteOrderMark: tables.bom)
        default: .text
        }
        return output.whole { LabelCounts(table, to: $0) }
    }

    private var page: RunOutput<Classification>? {
        guard let file = report.report else { return nil }
        let pageFacts = ClassificationPage.Facts(
            model: facts.model, settings: facts.settings, base: Page.base(for: file, in: .workingDirectory),
            date: today())
        let tree = facts.tree
        return report.output(force: output.force) { destination throws(CommandError) in
            try ClassificationPage(destination, pageFacts, concepts: tree)
        }
    }
}

extension RunOutput<Classification> {
    /// The output without the images that `--label` and `--not-label` leave out.
    var keptRecords: RunOutput {
        RunOutput(files: files) { () throws(CommandError) in KeptRecords(try open()) }
    }
}

/// Returns the date, such as "25 November 2026".
private func today() -> String {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    var text = [CChar](repeating: 0, count: 64)
    let count = strftime(&text, text.count, "%e %B %Y", &parts)
    // %e has a space before one digit.
    return String(
        decoding: text.prefix(count).map(UInt8.init(bitPattern:)).drop { $0 == UInt8(ascii: " ") }, as: UTF8.self)
}

extension FilePath {
    /// The absolute path of the folder that relative paths start from.
    fileprivate static var workingDirectory: FilePath {
        guard let path = getcwd(nil, 0) else { return FilePath("/") }
        defer { free(path) }
        return FilePath(cString: path)
    }
}
