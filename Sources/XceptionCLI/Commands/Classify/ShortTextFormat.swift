import Platform

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
        let answer = result.value.isRejected ? nil : result.value.answer
        let text = result.value.isRejected ? Classification.rejectedText : answer?.label ?? ""
        let label = min(Self.widestLabel, max(1, columns / 3))
        let percent = TerminalText.leading((answer?.probability).map { NumberText.percent(Double($0)) } ?? "", to: 6)
        let room = max(1, columns - label - percent.count - 4)
        let width = min(room, TerminalText.width(record.name.line))
        // A long path moves the other columns of its line, as far as there is room.
        let space = String(repeating: " ", count: max(0, min(room, Self.narrowestPath) - width))
        return style.path(record.name, columns: room) + space + "  "
            + TerminalText.padded(TerminalText.shortened(text.printable, to: label), to: label) + "  " + percent + "\n"
    }
}
