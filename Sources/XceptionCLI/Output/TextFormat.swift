import Platform
import Xception

/// For people: rank, label, probability as a number and a bar, id.
struct TextFormat: RecordFormat {
    /// Columns that a line may take.
    let columns: Int
    let hasColor: Bool
    /// Whether each image begins with its path: not if there is only one.
    let showsPaths: Bool

    private static let widestLabel = 30
    private static let widestBar = 20

    func entry(_ record: ImageRecord<Classification>, isFirst: Bool) -> String {
        // A failure is told on standard error, where nobody mistakes it for a prediction.
        guard case .success(let classification) = record.outcome else { return "" }
        let title = showsPaths
            ? (isFirst ? "" : "\n") + styled(TerminalText.shortenedPath(record.name.line, to: columns), "1") + "\n"
            : ""
        let predictions = classification.predictions
        return title + predictions.map { line($0, among: predictions) + "\n" }.joined()
    }

    private func line(_ prediction: Prediction, among all: [Prediction]) -> String {
        let rank = leading("\(prediction.rank)", all.map { "\($0.rank)".count }.max()!)
        let percent = leading(percentage(prediction.probability), 6)
        // Two spaces before the rank and between all columns; what does not fit goes, the id first.
        let fixed = 2 + rank.count + 2 + 2 + percent.count
        let id = prediction.id.printable
        let widest = all.map { TerminalText.width($0.label.printable) }.max()!
        let label = max(1, min(widest, Self.widestLabel, columns - fixed))
        var rest = columns - fixed - label
        let bar = max(0, min(Self.widestBar, rest - 2))
        var text = "  \(rank)  " + TerminalText.padded(TerminalText.shortened(prediction.label.printable, to: label), to: label)
            + "  " + percent
        if bar >= 4 {
            rest -= bar + 2
            let drawn = TerminalText.bar(Double(prediction.probability), columns: bar)
            let isLast = rest < id.count + 2
            text += "  " + styled(drawn, "32") + (isLast ? "" : String(repeating: " ", count: bar - drawn.count))
        }
        if rest >= id.count + 2 { text += "  " + styled(id, "2") }
        return text
    }

    private func percentage(_ probability: Float) -> String {
        let tenths = Int((Double(probability) * 1000).rounded())
        return "\(tenths / 10).\(tenths % 10)%"
    }

    private func leading(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// - Parameter style: an SGR parameter.
    private func styled(_ text: String, _ style: String) -> String {
        hasColor && !text.isEmpty ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text
    }
}
