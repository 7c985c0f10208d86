import Platform
import Xception

/// The style of text for people.
struct TextStyle {
    /// The columns of the terminal; nil off a terminal, where text is not cut.
    let columns: Int?
    let hasColor: Bool
    /// The directory that relative paths start from, if paths are links (OSC 8).
    let linkBase: FilePath?

    /// Returns a path, cut at its beginning to `columns`.
    func path(_ name: ImageName, columns: Int?) -> String {
        let text = columns.map { TerminalText.shortenedPath(name.line, to: $0) } ?? name.line
        let styled = TerminalText.styled(text, .bold, hasColor)
        guard let linkBase, name.frame == nil, name.path != .standardInput else { return styled }
        let path = name.path.bytes.first == UInt8(ascii: "/") ? name.path : linkBase.appending(name.path.bytes)
        return TerminalText.linked(styled, to: "file://" + path.percentEncoded)
    }
}

/// Text for people: each image's path, followed by a line per prediction with rank, label, probability as a number and
/// a bar, and id.
struct TextFormat: TextualFormat {
    typealias Value = Classification

    let style: TextStyle
    /// The least probability of a prediction after the first.
    let leastShown: Float

    private static let widestLabel = 30
    private static let widestBar = 20

    func entry(_ record: ImageRecord<Classification>, isFirst: Bool) -> String {
        // Failures go to standard error.
        guard case .success(let result) = record.outcome else { return "" }
        let title = (isFirst ? "" : "\n") + style.path(record.name, columns: style.columns) + "\n"
        let predictions = result.value.predictions.filter { $0.rank == 1 || $0.probability >= leastShown }
        let note =
            result.value.isRejected
            ? "  " + TerminalText.styled(Classification.rejectedText, .bold, style.hasColor) + "\n" : ""
        return title + note + (result.value.concept.map(line) ?? "")
            + predictions.map { line($0, among: predictions) + "\n" }.joined()
    }

    /// Returns the concept's line: label, probability, and the steps to it.
    private func line(_ concept: ConceptAnswer) -> String {
        let text =
            "  \(concept.label.printable)  \(NumberText.percent(Double(concept.probability)))  "
                + "\(concept.pathText.printable)"
        return (style.columns.map { TerminalText.shortened(text, to: $0) } ?? text) + "\n"
    }

    private func line(_ prediction: Prediction, among all: [Prediction]) -> String {
        let rank = TerminalText.leading("\(prediction.rank)", to: all.map { "\($0.rank)".count }.max()!)
        let percent = TerminalText.leading(NumberText.percent(Double(prediction.probability)), to: 6)
        // Two spaces before the rank and between all columns; columns that do not fit are dropped, the id first.
        let fixed = 2 + rank.count + 2 + 2 + percent.count
        let id = prediction.id.printable
        let widest = all.map { TerminalText.width($0.label.printable) }.max()!
        let columns = style.columns ?? fixed + widest + 2 + Self.widestBar + 2 + id.count
        let label = style.columns == nil ? widest : max(1, min(widest, Self.widestLabel, columns - fixed))
        var rest = columns - fixed - label
        let bar = max(0, min(Self.widestBar, rest - 2))
        var text =
            "  \(rank)  "
            + TerminalText.padded(TerminalText.shortened(prediction.label.printable, to: label), to: label)
            + "  " + percent
        if bar >= 4 {
            rest -= bar + 2
            let drawn = TerminalText.bar(Double(prediction.probability), columns: bar)
            let isLast = rest < id.count + 2
            text +=
                "  " + TerminalText.styled(drawn, .green, style.hasColor)
                + (isLast ? "" : String(repeating: " ", count: bar - drawn.count))
        }
        if rest >= id.count + 2 { text += "  " + TerminalText.styled(id, .dim, style.hasColor) }
        return text
    }
}
