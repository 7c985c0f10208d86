import Foundation
import Platform
import Testing

@testable import XceptionCLI

/// Strangers' text in every syntax that the program writes. What must be escaped is hidden beside each scalar of Unicode
/// that makes one Swift `Character` with its neighbour: combining marks after it, prepended letters before it.
@Suite(.timeLimit(.minutes(5))) struct EscapingTests {
    static let specials: [Unicode.Scalar] = ["<", ">", "&", "\"", "'", ",", ";", "\\", "\n", "\t", "=", "\u{1B}", "\u{9B}", "\u{202E}"]

    /// Scalars that a plain letter makes one `Character` with, found by Swift itself.
    static let joining: [Unicode.Scalar] = (UInt32(0)...0x10FFFF).compactMap(Unicode.Scalar.init).filter { scalar in
        guard !scalar.isASCII else { return false }
        return joined([scalar, "a"]).count == 1 || joined(["a", scalar]).count == 1
    }

    static func joined(_ scalars: [Unicode.Scalar]) -> String { String(String.UnicodeScalarView(scalars)) }

    /// A special scalar between all joining ones.
    static func hidden(_ special: Unicode.Scalar) -> String { joined(joining.flatMap { [$0, special, $0] }) }

    @Test("There are joining scalars of both kinds, and by `Character` they hide what is beside them")
    func premise() {
        #expect(Self.joining.count > 2000 && Self.joining.contains("\u{600}") && Self.joining.contains("\u{301}"))
        #expect(!"\u{600}<script>".contains("<" as Character))
    }

    @Test("JSON is what it was, and nothing in it ends a script element or commands a terminal", arguments: specials)
    func json(special: Unicode.Scalar) throws {
        let text = Self.hidden(special)
        let json = JSONText.inScript(JSONText.string(text))
        let decoded = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed) as? String
        #expect(decoded.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
        #expect(!json.utf8.contains(UInt8(ascii: "<")))
        #expect(json.unicodeScalars.allSatisfy { !$0.isControl })
    }

    @Test("A field of CSV is one field, of the text that was put in", arguments: specials)
    func csv(special: Unicode.Scalar) {
        let text = Self.hidden(special)
        let expected = text.printable(keeping: ["\t", "\n", "\r"])
        #expect(Self.cells(CSVText.field(text) + ",next").map { Array($0.utf8) } == [Array(expected.utf8), Array("next".utf8)])
    }

    @Test("No label is a formula, wherever a spreadsheet ends a cell", arguments: [
        "=1+1", "+1", "-inf", "@a", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠a", "x;=1+1", "x\t=1+1", "x;＝1", "x;;-b",
        "x,=1", "x\n=1", "x\r\n+1", "x\r@a",
    ])
    func formulas(label: String) {
        let text = CSVText.text(label)
        let cells = text.unicodeScalars.split(omittingEmptySubsequences: false) { ",;\t\n\r".unicodeScalars.contains($0) }
        for cell in cells { #expect(cell.first.map { "=+-@\r\n＝＋－＠".unicodeScalars.contains($0) } != true) }
        #expect(text.replacing("'", with: "") == label)
        #expect(["-7", "3.5", "n02124075", "Egyptian cat", "-", ""].map(CSVText.text) == ["-7", "3.5", "n02124075", "Egyptian cat", "'-", ""])
    }

    @Test("A path that looks like a formula is written as the same file's other name")
    func paths() {
        for name in ["=1+1.jpg", "＝3+3.jpg", "-a"] { #expect(CSVText.path(FilePath(name)) == "./" + name) }
        #expect(CSVText.path(FilePath("\t=2")) == "./\t'=2")
        #expect(CSVText.path(FilePath("a=b")) == "a=b" && CSVText.path(.standardInput) == "-")
        #expect(CSVText.field(CSVText.path(FilePath("x;=1+1;.jpg"))) == "\"x;'=1+1;.jpg\"")
        #expect(CSVText.path(FilePath("a;b\t-c")) == "a;b\t'-c")
        #expect(CSVText.path(FilePath("a, b,=c\n=d")) == "a, b,'=c\n'=d")
    }

    @Test("Text for a terminal has no control character left, whatever stands beside it", arguments: specials)
    func terminal(special: Unicode.Scalar) {
        for text in [Self.hidden(special).printable, Self.hidden(special).quoted] {
            #expect(text.unicodeScalars.allSatisfy { !$0.isControl })
        }
        // Inside its quotation marks, each other one has a backslash before it.
        let quoted = Array(Self.hidden(special).quoted.unicodeScalars.dropFirst().dropLast())
        for (index, scalar) in quoted.enumerated() where scalar == "\"" { #expect(index > 0 && quoted[index - 1] == "\\") }
    }

    /// The cells of a row, by RFC 4180.
    private static func cells(_ row: String) -> [String] {
        var cells = [""]
        var isQuoted = false
        var scalars = Array(row.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\"" where isQuoted && scalars.first == "\"":
                scalars.removeFirst()
                cells[cells.count - 1].unicodeScalars.append("\"")
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: cells.append("")
            default: cells[cells.count - 1].unicodeScalars.append(scalar)
            }
        }
        return cells
    }
}
