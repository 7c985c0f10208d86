import Platform

/// Fields of comma-separated values (RFC 4180). No field is a formula to a spreadsheet (OWASP, "CSV Injection"), nor
/// becomes one if a spreadsheet splits fields at other separators or at line breaks.
///
/// All functions work by scalar: a `Character` may hold a quotation mark together with its neighbour.
enum CSVText {
    static let comma = ","
    static let tab = "\t"
    /// The mark by which Excel detects UTF-8.
    static let byteOrderMark = "\u{FEFF}"

    /// Returns a path that is not a formula: `./=1+1.jpg` is the same file. After a separator or a line break, where
    /// another name of the file does not help, an apostrophe is inserted: LibreOffice and Excel may end a cell there
    /// even within quotation marks.
    static func path(_ path: FilePath) -> String {
        let text = path.text
        let beginsFormula = text.unicodeScalars.first.map(Self.isFormula) ?? false
        return withoutFormulas(beginsFormula && path != .standardInput ? "./" + text : text, isAtStart: false)
    }

    /// Returns text of a model file that is not a formula: a leading apostrophe marks it as text, as in spreadsheets.
    /// Numbers stay numbers.
    static func text(_ text: String) -> String {
        isNumber(text) ? text : withoutFormulas(text, isAtStart: true)
    }

    private static func withoutFormulas(_ text: String, isAtStart: Bool) -> String {
        var result = ""
        var isAtStart = isAtStart
        for scalar in text.unicodeScalars {
            if isAtStart, isFormula(scalar) { result += "'" }
            result.unicodeScalars.append(scalar)
            isAtStart = isSeparator(scalar)
        }
        return result
    }

    /// Returns a field, in quotation marks if it needs them. Control characters except tabs and line ends become
    /// U+FFFD.
    static func field(_ text: String, separator: String = comma) -> String {
        let text = text.printable(keeping: ["\t", "\n", "\r"])
        let quoted = "\"\n\r\t;".unicodeScalars
        guard text.unicodeScalars.contains(where: { quoted.contains($0) || separator.unicodeScalars.contains($0) })
        else { return text }
        var field = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { field += "\"" }
            field.unicodeScalars.append(scalar)
        }
        return field + "\""
    }

    /// Returns true for a character that begins a formula, in half or full width.
    private static func isFormula(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": true
        default: false
        }
    }

    /// Returns true for a character at which some spreadsheets end a cell.
    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ",", ";", "\t", "\n", "\r": true
        default: false
        }
    }

    /// Returns true for a decimal number, which may be negative.
    private static func isNumber(_ text: String) -> Bool {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        return parts.allSatisfy {
            !$0.isEmpty && $0.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
    }
}
