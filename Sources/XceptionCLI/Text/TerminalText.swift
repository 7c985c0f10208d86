/// Text in terminal columns, not characters.
enum TerminalText {
    static func width(_ text: String) -> Int {
        text.reduce(0) { $0 + width($1) }
    }

    /// Returns the columns of a character: two for East Asian wide characters and emoji, none for combining marks.
    private static func width(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        if scalar.isASCII { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        if character.unicodeScalars.contains(where: { $0.properties.isEmojiPresentation || $0.value == 0xFE0F }) {
            return 2
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    /// Returns at most `columns` of text, ended by an ellipsis if it was cut.
    static func shortened(_ text: String, to columns: Int) -> String {
        guard width(text) > columns else { return text }
        var result = ""
        var used = 0
        for character in text {
            used += width(character)
            guard used < columns else { break }
            result.append(character)
        }
        return result + (Terminal.hasUnicode ? "…" : "~")
    }

    /// Returns at most `columns` of a path, cut at its beginning: paths differ at their ends.
    static func shortenedPath(_ text: String, to columns: Int) -> String {
        String(shortened(String(text.reversed()), to: columns).reversed())
    }

    /// Returns the text broken at spaces to at most `columns`, as far as words allow; lines after the first are
    /// indented.
    static func wrapped(_ text: String, to columns: Int) -> String {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let line = lines.last, width(line) + 1 + width(String(word)) <= columns {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append((lines.isEmpty ? "" : "  ") + word)
            }
        }
        return lines.joined(separator: "\n")
    }

    static func padded(_ text: String, to columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - width(text)))
    }

    static func leading(_ text: String, to columns: Int) -> String {
        String(repeating: " ", count: max(0, columns - width(text))) + text
    }

    /// A style, by its SGR parameter.
    enum Style: String {
        case bold = "1"
        case dim = "2"
        case green = "32"
    }

    static func styled(_ text: String, _ style: Style, _ hasColor: Bool) -> String {
        hasColor && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Returns text as a link, on terminals that can show it (OSC 8).
    static func linked(_ text: String, to url: String) -> String {
        "\u{1B}]8;;\(url)\u{1B}\\\(text)\u{1B}]8;;\u{1B}\\"
    }

    /// Returns a bar over a part of `columns`, to an eighth of a column.
    static func bar(_ part: Double, columns: Int) -> String {
        let eighths = Int((min(max(part, 0), 1) * Double(columns) * 8).rounded())
        guard Terminal.hasUnicode else { return String(repeating: "#", count: (eighths + 4) / 8) }
        let last = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        return String(repeating: "█", count: eighths / 8) + last
    }
}
