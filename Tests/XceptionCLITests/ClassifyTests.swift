import Foundation
import Testing

@Suite(.serialized) struct ClassifyTests {
    static let cat = Program.photos + "/chelsea.png"
    static let coffee = Program.photos + "/coffee.jpg"

    @Test("Text: a line an answer, a title an image if there are several")
    func text() throws {
        let one = try Program.run([Self.cat])
        #expect(one.status == 0)
        #expect(one.errors.isEmpty)
        let lines = one.output.split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines[0].contains("Egyptian cat") && lines[0].contains("%") && lines[0].hasSuffix("n02124075"))
        #expect(!one.output.contains("\u{1B}"))

        let two = try Program.run(["classify", "-k", "1", Self.cat, Self.coffee])
        #expect(two.output.split(separator: "\n").map(String.init).filter { $0.hasPrefix("/") } == [Self.cat, Self.coffee])
    }

    @Test("No line is wider than the terminal", arguments: [20, 40, 80, 200])
    func width(columns: Int) throws {
        let outcome = try Program.terminal(
            columns: columns, #""$XCEPTION" "$PHOTOS" 2>/dev/null"#, environment: ["NO_COLOR": "1"])
        #expect(outcome.status == 0)
        let lines = outcome.output.split(whereSeparator: \.isNewline)
        #expect(lines.count >= 8 * 5)
        #expect(lines.map(\.count).max()! <= columns)
        // A path gives way at its beginning.
        #expect(lines.contains { $0.hasSuffix("/chelsea.png") })
        #expect(!outcome.output.contains("\u{1B}"))
    }

    @Test("Colour on a terminal only, and never against NO_COLOR")
    func color() throws {
        let command = #""$XCEPTION" "$PHOTOS/chelsea.png""#
        #expect(try Program.terminal(command, environment: ["NO_COLOR": ""]).output.contains("\u{1B}[2mn02124075"))
        #expect(try !Program.terminal(command, environment: ["NO_COLOR": "1"]).output.contains("\u{1B}"))
    }

    @Test("JSON is the documented document, keys in order")
    func json() throws {
        let outcome = try Program.run(["--json", "-k", "2", Self.cat])
        #expect(outcome.status == 0)
        let document = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(Set(document.keys) == ["schema", "model", "results", "summary"])
        #expect(document["schema"] as? String == "xception.classify/1")
        let model = try #require(document["model"] as? [String: Any])
        #expect(Set(model.keys) == ["name", "backbone_sha256", "head_sha256", "classes", "precision"])
        #expect(model["classes"] as? Int == 1000)
        #expect(model["precision"] as? String == "fp32")
        let result = try #require((document["results"] as? [[String: Any]])?.first)
        #expect(Set(result.keys) == ["path", "width", "height", "predictions", "milliseconds"])
        #expect(result["width"] as? Int == 451)
        #expect(result["height"] as? Int == 300)
        #expect(Set((result["milliseconds"] as? [String: Double] ?? [:]).keys) == ["decode", "preprocess", "inference"])
        let predictions = try #require(result["predictions"] as? [[String: Any]])
        #expect(predictions.count == 2)
        #expect(Set(predictions[0].keys) == ["rank", "index", "id", "label", "probability"])
        #expect(predictions[0]["index"] as? Int == 285)
        let summary = try #require(document["summary"] as? [String: Any])
        #expect(Set(summary.keys) == ["images", "failed", "seconds", "images_per_second"])
        let order = ["schema", "model", "name", "backbone_sha256", "results", "path", "width", "predictions", "rank", "summary", "images"]
        let positions = order.compactMap { outcome.output.range(of: "\"\($0)\":")?.lowerBound }
        #expect(positions.count == order.count && positions == positions.sorted())
    }

    @Test("JSON lines and CSV: one line an image, in input order")
    func lines() throws {
        let images = [Self.coffee, Self.cat, Self.coffee, Program.odd + "/text.jpg", Self.cat]
        let jsonl = try Program.run(["--format", "jsonl"] + images)
        #expect(jsonl.status == 1)
        let paths = try jsonl.output.split(separator: "\n").map {
            (try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])?["path"] as? String
        }
        #expect(paths == images)

        let csv = try Program.run(["--format", "csv", "-k", "2"] + images)
        let rows = csv.output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(rows.count == 6)
        #expect(rows.allSatisfy { $0.count == 12 })
        #expect(rows[0][0] == "path" && rows[0][4] == "label_1")
        #expect(rows[2][4] == "Egyptian cat")
        #expect(rows[4][3] == "unsupported_format")
    }

    @Test("EXIF orientation, resampling, number of threads")
    func options() throws {
        func size(_ arguments: [String]) throws -> [Int] {
            let output = try Program.run(["--json"] + arguments).output
            let document = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
            let result = try #require((document?["results"] as? [[String: Any]])?.first)
            return [result["width"] as! Int, result["height"] as! Int]
        }
        let turned = Program.odd + "/orientation-6.jpg"
        #expect(try size([turned]) == size([turned, "--no-orient"]).reversed())
        let answers = try ["nearest", "bilinear", "bicubic", "lanczos"].map {
            try Program.run(["--format", "csv", "--resample", $0, Self.cat]).output
        }
        #expect(Set(answers).count == 4)
        #expect(try Program.run(["--format", "csv", Self.cat]).output == answers[1])
        #expect(try Program.run(["--format", "csv", "--threads", "3", Self.cat]).output == answers[1])
    }

    @Test("model and summary")
    func others() throws {
        #expect(try Program.run(["model", "path"]).output.split(separator: "\n").count == 2)
        #expect(try Program.run(["model", "list"]).status == 0)
        #expect(try Program.run(["model", "info"]).output.contains("MIT"))
        #expect(try Program.run(["model", "verify"]).status == 0)
        let summary = try Program.run(["summary"]).output
        #expect(summary.contains("22,910,480"))
        #expect(summary.split(separator: "\n").count == 45)
        #expect(try Program.run(["--help"]).output.contains("Examples"))
        #expect(try Program.run(["--generate-completion-script", "bash"]).status == 0)
    }
}
