import Foundation
import Platform
import Testing
import Xception

@testable import XceptionCLI

@Suite struct JSONTests {
    /// Text with everything that JSON escapes, or could.
    static let odd = "a\"b\\c/\n\r\t\u{08}\u{0C}\u{01}\u{7F}é🐈\u{2028}\u{10FFFF}"

    /// A JSON string without its quotes, read back.
    static func unescaped(_ json: String) -> String? {
        var scanner = JSONScanner(Array("\"\(json)\"".utf8))
        return try? scanner.readString()
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

    // MARK: - Lines

    /// The rest of a line after a record.
    private static let end = #", "size": 17, "modified": 1764096383.000000012, "model": "m", "settings": "s"}"# + "\n"
    private static let milliseconds = #""milliseconds": {"decode": 1.5, "preprocess": 0.25, "inference": 80}"#

    private static func record(_ text: some Sequence<UInt8>) throws -> RecordLine<Classification> {
        try RecordLine<Classification>(Array(text))
    }

    static let lines = [
        #"{"path": "a\"b", "width": 3, "height": 4, "predictions": [], "# + milliseconds + end,
        #"{"path": "x", "error": {"code": "not_found", "message": "th\"ere"}, "model": "m", "settings": "s"}"# + "\n",
        #"{"frame": 12, "path": "-", "width": 30, "height": 4, "predictions": [{"rank": 1, "index": 9, "id": "n1", "label": "a\"b", "#
            + #""probability": 0.75}, {"rank": 2, "index": 0, "id": "", "label": "c", "probability": 0}], "# + milliseconds
            + #", "model": "m", "settings": "s"}"# + "\n",
        #"{"path": "a\#u{FFFD}.jpg", "path_hex": "61ff2e6a7067", "width": 3, "height": 4, "predictions": [], "# + milliseconds
            + #", "size": 0, "modified": -0.500000000, "model": "m", "settings": "s"}"# + "\n",
    ]

    @Test("A line that is read is the line that is written", arguments: lines)
    func line(text: String) throws {
        #expect(try Self.record(text.utf8).text == text)
    }

    @Test("A line's parts are what it says")
    func parts() throws {
        let line = try Self.record(Self.lines[2].utf8)
        #expect(line.record.name == ImageName(path: .standardInput, frame: 12) && !line.record.isFailure)
        #expect(line.origin == RecordOrigin(model: "m", settings: "s") && line.record.version == nil)
        let result = try line.record.outcome.get()
        #expect(result.width == 30 && result.height == 4 && result.timing.decode == .milliseconds(1.5))
        #expect(result.value.predictions.map(\.label) == ["a\"b", "c"] && result.value.predictions[0].probability == 0.75)
        let other = try Self.record(Self.lines[3].utf8).record
        #expect(other.name.path.bytes == [0x61, 0xFF] + Array(".jpg".utf8))
        #expect(other.version == FileVersion(size: 0, modificationTime: -500_000_000))
        #expect(try Self.record(Self.lines[1].utf8).record.isFailure)
    }

    @Test("Where a line is cut off, no byte distinguishes it from others yet", arguments: lines)
    func cutOffLine(text: String) {
        for count in 0..<text.utf8.count {
            #expect(throws: JSONMismatch.cutOff, "\(count)") { try Self.record(text.utf8.prefix(count)) }
        }
    }

    @Test("A line with a byte of its own, anywhere, is none of ours", arguments: lines)
    func changedLine(text: String) {
        for position in text.utf8.indices where text.utf8[position] != UInt8(ascii: "\n") {
            var bytes = Array(text.utf8)
            bytes.insert(0, at: text.utf8.distance(from: text.utf8.startIndex, to: position))
            // A zero within a string is a letter like any other.
            guard let line = try? Self.record(bytes) else { continue }
            #expect(line.text != text)
        }
    }

    @Test("Other JSON is not taken for a line", arguments: [
        "{}", #"{"path": "a"}"#, #"{"path": "a", "size": 3}"#, #"{"path": 3, "width": 1}"#, #"{"frame": "a", "path": "b", "width": 1}"#,
        #"{"path": "a", "width": 3, "height": 4}"#, #"{"path": "a", "error": {"code": "foo", "message": ""}}"#,
        #"{"path": "/etc/app", "token": "only copy"}"#, #"{"path": "\udc08""#,
        #"{"path": "a", "width": 3, "height": 4, "predictions": [my own notes"#, lines[1] + "x",
        #"{"path": "a", "path_hex": "6", "width": 3"#, lines[0].replacing("1.5", with: "1e300"), lines[0].replacing("1.5", with: "-1e9"),
        lines[2].replacing("0.75", with: "1e39"), lines[0].replacing("17", with: "99999999999999999999"), lines[1].replacing("}, \"model", with: "}, \"mine\": 1, \"model"),
    ])
    func otherJSON(text: String) {
        #expect(throws: JSONMismatch.foreign) { try Self.record(text.utf8) }
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
