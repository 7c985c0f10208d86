import Platform
import Xception

/// For people: under each image's path a line for each prediction, with rank, label, probability
/// as a number and a bar, and id.
struct TextFormat: TextualFormat {
    typealias Value = Classification

    /// Columns of the terminal; nil off a terminal, where nothing is cut.
    let columns: Int?
    let hasColor: Bool
    /// Whether each image begins with its path: not if there is only one.
    let showsPaths: Bool

    private static let widestLabel = 30
    private static let widestBar = 20

    func entry(_ record: ImageRecord<Classification>, isFirst: Bool) -> String {
        // A failure is told on standard error, where nobody mistakes it for a prediction.
        guard case .success(let result) = record.outcome else { return "" }
        let path = columns.map { TerminalText.shortenedPath(record.name.line, to: $0) } ?? record.name.line
        let title = showsPaths ? (isFirst ? "" : "\n") + TerminalText.styled(path, .bold, hasColor) + "\n" : ""
        let predictions = result.value.predictions
        let note = result.value.isRejected ? "  " + TerminalText.styled(Classification.rejectedText, .bold, hasColor) + "\n" : ""
        return title + note + (result.value.concept.map(line) ?? "") + predictions.map { line($0, among: predictions) + "\n" }.joined()
    }

    /// The concept: label, probability, and the steps to it.
    private func line(_ concept: ConceptAnswer) -> String {
        let text = "  \(concept.label.printable)  \(concept.probability.percentage)  \(concept.pathText.printable)"
        return (columns.map { TerminalText.shortened(text, to: $0) } ?? text) + "\n"
    }

    private func line(_ prediction: Prediction, among all: [Prediction]) -> String {
        let rank = TerminalText.leading("\(prediction.rank)", to: all.map { "\($0.rank)".count }.max()!)
        let percent = TerminalText.leading(prediction.probability.percentage, to: 6)
        // Two spaces before the rank and between all columns; what does not fit goes, the id first.
        let fixed = 2 + rank.count + 2 + 2 + percent.count
        let id = prediction.id.printable
        let widest = all.map { TerminalText.width($0.label.printable) }.max()!
        let columns = columns ?? fixed + widest + 2 + Self.widestBar + 2 + id.count
        let label = self.columns == nil ? widest : max(1, min(widest, Self.widestLabel, columns - fixed))
        var rest = columns - fixed - label
        let bar = max(0, min(Self.widestBar, rest - 2))
        var text = "  \(rank)  " + TerminalText.padded(TerminalText.shortened(prediction.label.printable, to: label), to: label)
            + "  " + percent
        if bar >= 4 {
            rest -= bar + 2
            let drawn = TerminalText.bar(Double(prediction.probability), columns: bar)
            let isLast = rest < id.count + 2
            text += "  " + TerminalText.styled(drawn, .green, hasColor) + (isLast ? "" : String(repeating: " ", count: bar - drawn.count))
        }
        if rest >= id.count + 2 { text += "  " + TerminalText.styled(id, .dim, hasColor) }
        return text
    }
}

/// For people and one answer an image, the concept if one is asked for: probability, label and path on one line, in columns that
/// stay where they are.
struct ShortTextFormat: TextualFormat {
    typealias Value = Classification

    /// Columns of the terminal.
    let columns: Int
    let hasColor: Bool

    private static let widestLabel = 28

    func entry(_ record: ImageRecord<Classification>, isFirst: Bool) -> String {
        guard case .success(let result) = record.outcome else { return "" }
        let value = result.value
        let answer = value.isRejected ? Classification.rejectedText : value.concept?.label ?? value.predictions.first?.label ?? ""
        let probability = value.isRejected ? nil : value.concept?.probability ?? value.predictions.first?.probability
        let label = min(Self.widestLabel, max(1, columns / 3))
        let text = TerminalText.leading(probability?.percentage ?? "", to: 6) + "  "
            + TerminalText.padded(TerminalText.shortened(answer.printable, to: label), to: label) + "  "
        let path = TerminalText.shortenedPath(record.name.line, to: max(1, columns - TerminalText.width(text)))
        return text + TerminalText.styled(path, .bold, hasColor) + "\n"
    }
}

/// For programs that read lines: path, then label and probability of the concept, if one is asked for, and of each
/// prediction, with tabs between them.
struct TabbedTextFormat: TextualFormat {
    typealias Value = Classification

    func entry(_ record: ImageRecord<Classification>, isFirst: Bool) -> String {
        guard case .success(let result) = record.outcome else { return "" }
        guard !result.value.isRejected else { return "\(record.name.line)\t\(Classification.rejectedText)\n" }
        let concept = result.value.concept.map { [($0.label, $0.probability)] } ?? []
        let fields = (concept + result.value.predictions.map { ($0.label, $0.probability) }).flatMap { label, probability in
            [label.printable, NumberText.fixed(Double(probability), digits: 4)]
        }
        return ([record.name.line] + fields).joined(separator: "\t") + "\n"
    }
}

extension Float {
    /// "91.2%"
    fileprivate var percentage: String { NumberText.fixed(100 * Double(self), digits: 1) + "%" }
}
