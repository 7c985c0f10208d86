/// Counts images by label or concept, and writes the counts instead of records.
final class LabelCounts: RecordSink {
    private struct Group {
        let id: String
        let label: String
        var images = 0
    }

    enum Format {
        case text
        case json(model: ModelDescription)
        case rows(separator: String, hasByteOrderMark: Bool)
    }

    static let columns = ["label", "id", "images"]

    private let format: Format
    private let destination: OutputDestination
    private var groups: [String: Group] = [:]

    init(_ format: Format, to destination: OutputDestination) {
        self.format = format
        self.destination = destination
    }

    var isTerminal: Bool { destination.isTerminal }

    func write(_ record: ImageRecord<Classification>) throws(CommandError) {
        guard case .success(let result) = record.outcome else { return }
        let (id, label) = result.value.group
        groups[id, default: Group(id: id, label: label)].images += 1
    }

    func finish(_ summary: RunSummary) throws(CommandError) -> String? {
        let sorted = groups.values.sorted { ($1.images, $0.label, $0.id) < ($0.images, $1.label, $1.id) }
        switch format {
        case .text:
            try destination.write(Table.text(sorted.map { ["\($0.images)", $0.label] }, rightAligned: [0]))
        case .json(let model):
            let lines = sorted.map { group in
                JSONText.object([
                    ("id", JSONText.string(group.id)), ("label", JSONText.string(group.label)),
                    ("images", "\(group.images)"),
                ])
            }
            try destination.write("""
                {"schema": "xception.groups/1",
                 "model": \(model.json),
                 "groups": [\(lines.map { "\n   " + $0 }.joined(separator: ","))],
                 "summary": \(summary.json)}

                """)
        case .rows(let separator, let hasByteOrderMark):
            let rows = [Self.columns] + sorted.map { [CSVText.text($0.label), CSVText.text($0.id), "\($0.images)"] }
            let lines = rows.map {
                $0.map { CSVText.field($0, separator: separator) }.joined(separator: separator) + "\n"
            }
            try destination.write((hasByteOrderMark ? CSVText.byteOrderMark : "") + lines.joined())
        }
        return try destination.finish(isComplete: summary.isComplete)
    }

    func abandon() { destination.abandon() }
}

extension Classification {
    /// The group of an image: its concept, or its first prediction.
    fileprivate var group: (id: String, label: String) {
        if let concept { return (concept.id, concept.label) }
        guard let first = predictions.first else { return ("", "no label") }
        return (first.id, first.label)
    }
}
