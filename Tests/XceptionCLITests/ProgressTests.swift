import Foundation
import TestSupport
import Testing

/// A run as shown on a terminal.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ProgressTests {
    static let eraser = "\r\u{1B}[K"

    /// The bars that were drawn, in turn.
    static func bars(_ shown: String) -> [String] {
        shown.components(separatedBy: "\r").filter { $0.hasSuffix("\u{1B}[K") && $0.count > 3 }.map { String($0.dropLast(3)) }
    }

    @Test("The progress bar fits, and leaves nothing but the summary", arguments: [20, 40, 120])
    func progress(columns: Int) throws {
        let outcome = try Program.terminal(
            columns: columns, #""$XCEPTION" "$PHOTOS" "$ODD/text.jpg" "$PHOTOS" --format jsonl > /dev/null"#)
        #expect(outcome.status == 1)
        let bars = Self.bars(outcome.output)
        #expect(bars.count >= 2 && bars.allSatisfy { !$0.isEmpty })
        // ^C may follow on the same line.
        #expect(bars.map(\.count).max()! <= columns - 3)
        #expect(bars.last!.contains("/9") && bars.last!.contains("/s"))
        #expect(bars.last!.contains("1 failed") == (columns > 20))
        #expect(bars.last!.contains("█") == (columns > 20))
        // Every message begins on a line that was cleared.
        for message in ["xception: /", "xception: 9"] {
            let found = try #require(outcome.output.range(of: message))
            #expect(outcome.output[..<found.lowerBound].hasSuffix(Self.eraser))
        }
        let summary = outcome.output.components(separatedBy: Self.eraser).last!.components(separatedBy: "\r\n")
        #expect(summary.joined(separator: " ").split(separator: " ").joined(separator: " ").hasSuffix("images/s, 1 failed, skipped: 1 other file"))
        #expect(summary.map(\.count).max()! <= columns)
    }

    @Test("No bar when it is not wanted, for one image, or off a terminal")
    func silence() throws {
        for command in [#""$XCEPTION" --no-progress "$PHOTOS/"*.png"#, #""$XCEPTION" "$PHOTOS/chelsea.png""#] {
            #expect(try !Program.terminal(command + " > /dev/null").output.contains(Self.eraser))
        }
        #expect(try Program.terminal(#""$XCEPTION" --quiet "$PHOTOS/"*.png "$ODD/text.jpg" > /dev/null"#).output.isEmpty)
    }

    @Test("Answers on the same terminal are not mixed with the bar")
    func sameTerminal() throws {
        let outcome = try Program.terminal(#""$XCEPTION" -k 1 "$PHOTOS/"*.png"#, environment: ["NO_COLOR": "1"])
        let lines = outcome.output.components(separatedBy: "\r\n").map { $0.components(separatedBy: Self.eraser).last! }
        #expect(lines.filter { $0.contains("%") && $0.contains(".png") }.count == 3)
        #expect(!lines.contains { $0.contains("/3") })
    }

    @Test("Ctrl-C erases the bar and says what was done")
    func interruption() throws {
        let images = try InterruptionTests.manyImages()
        let folder = try TemporaryFolder()
        let outcome = try Program.terminal(
            columns: 40, #""$XCEPTION" --format jsonl -o "$FOLDER/out.jsonl" "$IMAGES""#,
            typing: #"until grep -qs '"path"' "$FOLDER/out.jsonl"; do sleep 0.02; done; printf '\003'"#,
            environment: ["IMAGES": images.path, "FOLDER": folder.path])
        #expect(outcome.status == 130)
        let key = try #require(outcome.output.range(of: "^C"))
        let summary = try #require(outcome.output.range(of: "xception: interrupted: "))
        #expect(key.upperBound <= summary.lowerBound)
        #expect(outcome.output[..<summary.lowerBound].hasSuffix(Self.eraser))
        #expect(Self.bars(outcome.output).map(\.count).max()! <= 40 - 3)
        let lines = try String(contentsOfFile: folder.path + "/out.jsonl", encoding: .utf8).split(separator: "\n").count
        #expect(outcome.output[summary.upperBound...].hasPrefix("\(lines) image"))
    }
}
