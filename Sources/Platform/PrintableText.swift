extension Unicode.Scalar {
    /// Whether it commands a terminal, or turns text around, rather than being seen.
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

extension String {
    /// The text on one line of a terminal, where it can do nothing but be read: control characters
    /// become U+FFFD.
    package var printable: String { printable(keeping: []) }

    /// - Parameter kept: control characters that stay.
    package func printable(keeping kept: Set<Unicode.Scalar>) -> String {
        guard unicodeScalars.contains(where: { $0.isControl && !kept.contains($0) }) else { return self }
        return String(UnicodeScalarView(unicodeScalars.map { $0.isControl && !kept.contains($0) ? "\u{FFFD}" : $0 }))
    }
}
