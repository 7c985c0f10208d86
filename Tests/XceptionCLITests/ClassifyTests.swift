import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct ClassifyTests {
    static let cat = Program.photos + "/chelsea.png"
    static let coffee = Program.photos + "/coffee.jpg"

    @Test("Text: off a terminal a line per image, with tabs and the whole path; a table if asked for")
    func text() throws {
        let one = try Program.run([Self.cat])
        #expect(one.status == 0 && one.errors.isEmpty)
        #expect(one.output.split(separator: "\n").map { $0.split(separator: "\t").count } == [11])
        let table = try Program.run(["--format", "table", Self.cat]).output
        let lines = table.split(separator: "\n")
        // Predictions below 1% are left out.
        #expect(lines.count == 4 && lines[0] == Self.cat)
        #expect(lines[1].contains("Egyptian cat") && lines[1].contains("%") && lines[1].hasSuffix("n02124075"))
        #expect(!table.contains("\u{1B}"))
        #expect(try Program.run(["--format", "table", "--min", "0", Self.cat]).output.split(separator: "\n").count == 6)
        #expect(try Program.run(["--format", "table", "--color", "always", Self.cat]).output.contains("\u{1B}[2mn02124075"))

        let folder = try TemporaryFolder()
        let long = folder.path + "/" + String(repeating: "long/", count: 40)
        try FileManager.default.createDirectory(atPath: long, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: Self.coffee, toPath: long + "a.jpg")
        let expected = "\(Self.cat)\tEgyptian cat\t0.9315\n\(long)a.jpg\tespresso\t0.9592\n"
        let images = ["-k", "1", Self.cat, long + "a.jpg"]
        #expect(try Program.run(images, environment: ["COLUMNS": "40"]).output == expected)
        #expect(try Program.run(images + ["-o", folder.path + "/out"]).status == 0)
        #expect(try String(contentsOfFile: folder.path + "/out", encoding: .utf8) == expected)
        let five = try Program.run([Self.cat, Self.coffee]).output.split(separator: "\n")
        #expect(five.map { $0.split(separator: "\t").count } == [11, 11])
    }

    @Test("One prediction per image is one line per image on a terminal, in columns that stay", arguments: [40, 80])
    func short(columns: Int) throws {
        let outcome = try Program.terminal(columns: columns, #""$XCEPTION" -k 1 "$PHOTOS" 2>/dev/null"#, environment: ["NO_COLOR": "1"])
        let lines = outcome.output.split(whereSeparator: \.isNewline)
        #expect(lines.count == 8)
        #expect(lines.map(\.count).max()! <= columns)
        #expect(lines.contains { $0.contains("/chelsea.png ") && $0.contains("  Egyptian cat ") && $0.hasSuffix("  93.2%") })
        if columns == 80 { #expect(Set(lines.map { $0.prefix { $0 != "%" }.count }) == [79]) }
    }

    @Test("--sort writes all in order when all are known, as whole as in the order of the input", arguments: ["text", "json", "csv"])
    func sorted(format: String) throws {
        let images = [Self.coffee, Program.odd + "/text.jpg", Self.cat, Program.photos + "/camera.png"]
        func order(_ options: [String]) throws -> [String] {
            let output = try Program.run(["--format", format, "-k", "1", "--quiet"] + options + images).output
            if format == "json" { #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(output.utf8)) } }
            let places = ["coffee.jpg", "text.jpg", "chelsea.png", "camera.png"].compactMap { name in
                output.range(of: "/" + name).map { (name.prefix(3), $0.lowerBound) }
            }
            return places.sorted { $0.1 < $1.1 }.map { String($0.0) }
        }
        // Text has no line for a failure.
        let failure = format == "text" ? [] : ["tex"]
        #expect(try order(["--sort", "path"]) == (format == "text" ? [] : ["tex"]) + ["cam", "che", "cof"])
        #expect(try order(["--sort", "label"]) == ["che", "cof", "cam"] + failure)
        #expect(try order(["--sort", "probability"]) == ["cof", "cam", "che"] + failure)
        #expect(try order(["--sort", "probability", "--reverse"]) == failure + ["che", "cam", "cof"])
        #expect(try Program.run(["--sort", "label", "--format", "jsonl", Self.cat]).status == 64)
        #expect(try Program.run(["--sort", "label", "--framed"]).status == 64)
    }

    @Test("The format follows from the output file's name, unless one is asked for")
    func formatByName() throws {
        let folder = try TemporaryFolder()
        for (name, start) in [("a.csv", "path,"), ("a.JSON", "{\"schema\""), ("a.jsonl", "{\"path\""), ("a.txt", "/")] {
            let file = folder.path + "/" + name
            #expect(try Program.run(["-o", file, Self.cat, Self.coffee]).status == 0)
            #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix(start))
        }
        #expect(try Program.run(["-o", folder.path + "/b.csv", "--json", Self.cat]).status == 0)
        #expect(try String(contentsOfFile: folder.path + "/b.csv", encoding: .utf8).hasPrefix("{\"schema\""))
        #expect(try Program.run(["-k1", "--format", "csv", "-o", "-", Self.cat]).output.hasPrefix("path,"))
        #expect(try Program.run(["-o", folder.path + "/c.html", Self.cat]).errors.contains("--report"))
    }

    @Test("--min leaves out predictions, --list all but the paths of images that keep one")
    func minimum() throws {
        let images = [Self.cat, Self.coffee, Program.odd + "/text.jpg"]
        let document = try JSONSerialization.jsonObject(
            with: Data(try Program.run(["--json", "--quiet", "--min", "0.03"] + images).output.utf8)) as? [String: Any]
        let results = try #require(document?["results"] as? [[String: Any]])
        #expect(results.map { ($0["predictions"] as? [Any])?.count } == [3, 1, nil])
        let csv = try Program.run(["--format", "csv", "--quiet", "--min", "0.95"] + images).output.split(separator: "\n")
        #expect(csv.map { $0.split(separator: ",", omittingEmptySubsequences: false).count } == [24, 24, 24, 24])
        let list = try Program.run(["-l", "--quiet", "--min", "0.95"] + images)
        #expect(list.status == 1 && list.output == Self.coffee + "\n")
        #expect(try Program.run(["-l0", "--min", "0.5", Self.cat, Self.coffee]).output == Self.cat + "\0" + Self.coffee + "\0")
        let none = try Program.run(["-l", "--min", "99.9%", Self.cat, Self.coffee])
        #expect(none.status == 1 && none.output.isEmpty && none.errors == "xception: nothing reaches 99.9% (espresso 95.9%)\n")
        #expect(try Program.run(["--min", "99.9%", Self.cat]).status == 0)
        let report = try TemporaryFolder()
        #expect(try Program.run(["--min", "0.95", "--report", report.path + "/r.html", Self.cat]).status == 0)
        #expect(try ReportTests.results(report.path + "/r.html").first?["predictions"] as? [String] == [])
    }

    @Test("--views looks once or twice, and is a part of the settings that --resume compares")
    func views() throws {
        func probability(_ options: [String]) throws -> String {
            let answer = try Program.run(["--format", "csv", "-k", "1", Self.coffee] + options)
            #expect(answer.status == 0 && answer.output.contains(",espresso,"))
            return String(answer.output.split(separator: ",").last ?? "")
        }
        let (one, two) = (try probability([]), try probability(["--views", "2"]))
        #expect(try probability(["--views", "1"]) == one && two != one && two != probability(["--resize", "center-crop"]))
        #expect(try probability(["--views", "2", "--resize", "center-crop"]) == two)
        for wrong in ["0", "3", "two"] { #expect(try Program.run(["--views", wrong, Self.coffee]).status == 64) }
        let folder = try TemporaryFolder()
        let lines = folder.path + "/a.jsonl"
        #expect(try Program.run(["-o", lines, "--views", "2", Self.coffee]).status == 0)
        #expect(try Program.run(["-o", lines, "--resume", Self.coffee]).status == 2)
        #expect(try Program.run(["-o", lines, "--resume", "--views", "2", Self.coffee]).status == 0)
    }

    @Test("--max-pixels refuses larger images, and lets larger ones in")
    func maximumPixels() throws {
        let small = try Program.run(["--max-pixels", "239999", Self.coffee])
        #expect(small.status == 1 && small.errors.contains("600 x 400 pixels exceeds the limit of 239999 pixels"))
        #expect(small.errors.contains("scale it down first; --max-pixels raises the limit\n"))
        #expect(try Program.run(["--max-pixels", "240000", Self.coffee]).status == 0)
        #expect(try Program.run(["--max-pixels", "\(Int.max)", Self.coffee, Self.cat]).status == 0)
    }

    @Test("No line is wider than the terminal", arguments: [20, 40, 80, 200])
    func width(columns: Int) throws {
        let outcome = try Program.terminal(
            columns: columns, #""$XCEPTION" "$PHOTOS" 2>/dev/null"#, environment: ["NO_COLOR": "1"])
        #expect(outcome.status == 0)
        let lines = outcome.output.split(whereSeparator: \.isNewline)
        #expect(lines.count >= 8 * 2)
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
        #expect(try !Program.terminal(command + " --color never", environment: ["NO_COLOR": ""]).output.contains("\u{1B}"))
        let linked = try Program.terminal(command, environment: ["VTE_VERSION": "7600", "NO_COLOR": "1"]).output
        #expect(linked.contains("\u{1B}]8;;file://\(Program.photos)/chelsea.png\u{1B}\\"))
        #expect(try Program.terminal(command, environment: ["LC_ALL": "C", "NO_COLOR": "1"]).output.utf8.allSatisfy { $0 < 0x80 })
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
        #expect(Set(summary.keys) == ["images", "failed", "seconds", "images_per_second", "skipped", "complete"])
        let order = ["schema", "model", "name", "backbone_sha256", "results", "path", "width", "predictions", "rank", "summary", "images"]
        let positions = order.compactMap { outcome.output.range(of: "\"\($0)\":")?.lowerBound }
        #expect(positions.count == order.count && positions == positions.sorted())
    }

    @Test("JSON lines and CSV: one line per image, in input order")
    func lines() throws {
        let images = [Self.coffee, Self.cat, Program.photos + "/china.jpg", Program.odd + "/text.jpg", Program.photos + "/camera.png"]
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
        #expect(try Program.run(["model", "info"]).output.contains("MIT"))
        #expect(try Program.run(["model", "verify"]).status == 0)
        let summary = try Program.run(["summary"]).output
        #expect(summary.contains("22,910,480"))
        #expect(summary.split(separator: "\n").count == 45)
        let help = try Program.run(["--help"]).output
        for word in ["Examples:", "XCEPTION_MODELS", "XCEPTION_ISA", "NO_COLOR", " 130 ", "143"] { #expect(help.contains(word)) }
        #expect(try Program.run(["--generate-completion-script", "bash"]).status == 0)
    }

    @Test("model lists what is used, what --model and --head can name, what is shadowed and what is damaged")
    func modelList() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; mkdir d; cp "$MODELS/imagenet.head.safetensors" d/kitchen.head.safetensors; printf x > d/broken.head.safetensors
            # Another backbone: by its hash, which heads belong to.
            sed 's/"5d2222ca/"00000000/g' "$MODELS/xception-backbone.safetensors" > d/xception-backbone.safetensors
            export XCEPTION_MODELS=$PWD/d; "$XCEPTION" model | sed "s|$MODELS|M|; s|$PWD|F|" | grep -v 'user data\|installed' | tr -s ' '
            "$XCEPTION" --head kitchen -k 1 "$PHOTOS/coffee.jpg" | cut -f 2; XCEPTION_MODELS=/nowhere "$XCEPTION" model > log
            """#, environment: ["FOLDER": folder.path, "MODELS": Repository.path("Models")])
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.contains("available head kitchen $XCEPTION_MODELS F/d/kitchen.head.safetensors"))
        #expect(lines.contains("damaged head broken $XCEPTION_MODELS F/d/broken.head.safetensors"))
        #expect(lines.contains("used head imagenet checkout M/imagenet.head.safetensors"))
        #expect(lines.contains("available backbone xception $XCEPTION_MODELS F/d/xception-backbone.safetensors"))
        #expect(lines.contains("used backbone xception checkout M/xception-backbone.safetensors"))
        #expect(lines.last == "espresso")
        #expect(outcome.errors == "xception: $XCEPTION_MODELS: /nowhere is not a directory\n")
    }
}
