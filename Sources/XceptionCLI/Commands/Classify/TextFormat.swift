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
        let note = result.value.isRejected ? "  " + TerminalText.styled(Classification.rejectedText, .bold, style.hasColor) + "\n" : ""
        return title + note + (result.value.concept.map(line) ?? "") + predictions.map { line($0, among: predictions) + "\n" }.joined()
    }

    /// Returns the concept's line: label, probability, and the steps to it.
    private func line(_ concept: ConceptAnswer) -> String {
        let text = "  \(concept.label.printable)  \(concept.probability.percentage)  \(concept.pathText.printable)"
        return (style.columns.map { TerminalText.shortened(text, to: $0) } ?? text) + "\n"
    }

    private func line(_ prediction: Prediction, among all: [Prediction]) -> String {
        let rank = TerminalText.leading("\(prediction.rank)", to: all.map { "\($0.rank)".count }.max()!)
        let percent = TerminalText.leading(prediction.probability.percentage, to: 6)
        // Two spaces before the rank and between all columns; columns that do not fit are dropped, the id first.
        let fixed = 2 + rank.count + 2 + 2 + percent.count
        let id = prediction.id.printable
        let widest = all.map { TerminalText.width($0.label.printable) }.max()!
        let columns = style.columns ?? fixed + widest + 2 + Self.widestBar + 2 + id.count
        let label = style.columns == nil ? widest : max(1, min(widest, Self.widestLabel, columns - fixed))
        var rest = columns - fixed - label
        let bar = max(0, min(Self.widestBar, rest - 2))
        var text = "  \(rank)  " + TerminalText.padded(TerminalText.shortened(prediction.label.printable, to: label), to: label)
            + "  " + percent
        if bar >= 4 {
            rest -= bar + 2
            let drawn = TerminalText.bar(Double(prediction.probability), columns: bar)
            let isLast = rest < id.count + 2
            text += "  " + TerminalText.styled(drawn, .green, style.hasColor) + (isLast ? "" : String(repeating: " ", count: bar - drawn.count))
        }
        if rest >= id.count + 2 { text += "  " + TerminalText.styled(id, .dim, style.hasColor) }
        return text
    }
}

/// Text for people with one answer per image, the concept if one is asked for: path, label and probability on one line,
/// in the same order as for programs, in fixed columns.
struct ShortTextFormat: TextualFormat {
    typealias Value = Classification

    let style: TextStyle
    /// The columns of the terminal.
    let columns: Int

    private static let widestLabel = 28
    private static let narrowestPath = 48

    func entry(_ record: ImageRecord<Classification>, isFirst: Bool) -> String {
        guard case .success(let result) = record.outcome else { return "" }
        let value = result.value
        let answer = value.isRejected ? Classification.rejectedText : value.concept?.label ?? value.predictions.first?.label ?? ""
        let probability = value.isRejected ? nil : value.concept?.probability ?? value.predictions.first?.probability
        let label = min(Self.widestLabel, max(1, columns / 3))
        let percent = TerminalText.leading(probability?.percentage ?? "", to: 6)
        let room = max(1, columns - label - percent.count - 4)
        let width = min(room, TerminalText.width(record.name.line))
        // A long path moves the other columns of its line, as far as there is room.
        let space = String(repeating: " ", count: max(0, min(room, Self.narrowestPath) - width))
        return style.path(record.name, columns: room) + space + "  "
            + TerminalText.padded(TerminalText.shortened(answer.printable, to: label), to: label) + "  " + percent + "\n"
    }
}

/// Text for programs that read lines: path, then label and probability of the concept, if one is asked for, and of each
/// prediction, separated by tabs.
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
    /// The number in percent, such as "91.2%".
    fileprivate var percentage: String { NumberText.fixed(100 * Double(self), digits: 1) + "%" }
}
