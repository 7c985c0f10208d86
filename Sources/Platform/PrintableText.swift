extension Unicode.Scalar {
    /// Returns true for a control character and for one that changes the direction of text or ends a line.
    package var isControl: Bool {
        switch value {
        // The marks, embeddings, overrides and isolates of bidirectional text.
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        // Line and paragraph separator.
        case 0x2028, 0x2029: true
        default: properties.generalCategory == .control
        }
    }
}

// All foreign text (arguments, the environment, files and their content) is printed through these. They work by scalar:
// a `Character` may hold a control character together with its neighbour.
extension String {
    /// The text on one line of a terminal, without effect on it: control characters become U+FFFD.
    package var printable: String { printable(keeping: []) }

    /// Returns the text on one line of a terminal.
    ///
    /// - Parameter kept: control characters to keep.
    package func printable(keeping kept: Set<Unicode.Scalar>) -> String {
        guard unicodeScalars.contains(where: { $0.isControl && !kept.contains($0) }) else { return self }
        return String(UnicodeScalarView(unicodeScalars.map { $0.isControl && !kept.contains($0) ? "\u{FFFD}" : $0 }))
    }

    /// The text in quotation marks on one line of a terminal: quotation marks, backslashes and control characters are
    /// escaped as in Swift.
    package var quoted: String {
        var text = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\" + String(scalar)
            case _ where scalar.isControl: text += scalar.escaped(asASCII: true)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
