import Foundation
import Testing

@testable import XceptionCLI

@Suite struct JSONTests {
    /// Text with everything that JSON escapes, or could.
    static let odd = "a\"b\\c/\n\r\t\u{08}\u{0C}\u{01}\u{7F}é🐈\u{2028}\u{10FFFF}"

    /// What is between the quotes of a JSON string, read back.
    static func unescaped(_ json: String) -> String? {
        Array((json + "\"").utf8).withUnsafeBytes { bytes in
            var rest = bytes[...]
            return try? JSONText.unescaped(&rest)
        }
    }

    @Test("Text is what Foundation reads back, and what we read back ourselves")
    func roundTrip() throws {
        let json = JSONText.string(Self.odd)
        #expect(try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed) as? String == Self.odd)
        #expect(Self.unescaped(String(json.dropFirst().dropLast())) == Self.odd)
    }

    @Test("Escapes as other writers make them: surrogate pairs, slashes, capital digits")
    func foreignEscapes() {
        #expect(Self.unescaped(#"\ud83d\uDC08 \/ \u00e9"#) == "🐈 / é")
        // Half a pair is no character, an escape that is cut off no escape.
        #expect(Self.unescaped(#"\udc08"#) == nil)
        #expect(Self.unescaped(#"\u12"#) == nil)
        #expect(Self.unescaped(#"\"#) == nil)
    }

    static func line(_ bytes: some Sequence<UInt8>) throws -> JSONLine {
        try Array(bytes).withUnsafeBytes { try JSONLine($0) }
    }

    @Test("A line is told from other JSON by how it begins", arguments: [
        (#"{"path": "a\"b", "width": 3, "height": 4, "predictions": []"#, "a\"b", false),
        (#"{"path": "x", "error": {"code": "not_found", "message": "there"}"#, "x", true),
        (#"{"frame": 12, "path": "-", "width": 3, "height": 4, "predictions": [{"#, "-", false),
    ])
    func line(text: String, path: String, isFailure: Bool) throws {
        let line = try Self.line(text.utf8)
        #expect(line.path == path && line.isFailure == isFailure)
    }

    @Test("Where a line is cut off, nothing tells it from others yet", arguments: [
        #"{"path": "a\"b", "width": 30, "height": 4, "predictions": ["#, #"{"path": "x", "error": {"code": "not_found", "message": ""#,
        #"{"frame": 12, "path": "\u0001", "width": 3, "height": 4, "predictions": ["#,
    ])
    func cutOffLine(text: String) {
        for count in 0..<text.utf8.count {
            #expect(throws: JSONMismatch.cutOff, "\(count)") { try Self.line(text.utf8.prefix(count)) }
        }
    }

    @Test("Other JSON is not taken for a line", arguments: [
        "{}", #"{"path": "a"}"#, #"{"path": "a", "size": 3}"#, #"{"path": 3, "width": 1}"#, #"{"frame": "a", "path": "b", "width": 1}"#,
        #"{"path": "a", "width": 3, "height": 4}"#, #"{"path": "a", "error": {"code": "foo", "message": ""}}"#,
        #"{"path": "/etc/app", "token": "only copy"}"#, #"{"path": "\udc08""#,
    ])
    func otherJSON(text: String) {
        #expect(throws: JSONMismatch.foreign) { try Self.line(text.utf8) }
    }

    @Test("Numbers have no more digits than are asked for, and no exponent")
    func numbers() {
        #expect(NumberText.short(0.91193831, digits: 9) == "0.91193831")
        #expect(NumberText.short(1.0000000001, digits: 9) == "1")
        #expect(NumberText.fixed(-0.04, digits: 1) == "0.0")
        #expect(NumberText.fixed(-0.06, digits: 1) == "-0.1")
        #expect(NumberText.fixed(2.5e-7, digits: 3) == "0.000")
        #expect(NumberText.short(1200, digits: 2) == "1200")
    }
}
