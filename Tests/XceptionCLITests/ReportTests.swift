import Foundation
import TestSupport
import Testing

/// The page of `--report`, as a file; Scripts/checks/check_report.py looks at it in a browser.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ReportTests {
    /// The data of a page, image by image.
    static func results(_ file: String) throws -> [[String: Any]] {
        let page = try String(contentsOfFile: file, encoding: .utf8)
        let start = try #require(page.range(of: "id=\"data\">"))
        let end = try #require(page.range(of: "</script>", range: start.upperBound..<page.endIndex))
        let document = try JSONSerialization.jsonObject(with: Data(page[start.upperBound..<end.lowerBound].utf8)) as? [String: Any]
        return try #require(document?["results"] as? [[String: Any]])
    }

    @Test("The report holds every image; failures have their reason; no name is markup; nothing is loaded from elsewhere")
    func report() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; mkdir d; cp "$PHOTOS/chelsea.png" 'd/<script>alert(1)<'; cp "$PHOTOS/coffee.jpg" 'd/a<!--.jpg'; cp "$ODD/text.jpg" d
            "$XCEPTION" --quiet --report r.html --format csv d
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.status == 1)
        let results = try Self.results(folder.path + "/r.html")
        #expect(results.map { $0["path"] as? String } == ["d/<script>alert(1)<", "d/a<!--.jpg", "d/text.jpg"])
        #expect((results[2]["error"] as? String)?.hasPrefix("unsupported_format: this is a text file") == true)
        let predictions = try #require(results[0]["predictions"] as? [[Any]])
        #expect(predictions.count == 5 && predictions[0][0] as? String == "Egyptian cat")
        let thumbnail = try #require(Data(base64Encoded: results[0]["thumbnail"] as? String ?? ""))
        #expect(thumbnail.starts(with: [0xFF, 0xD8]))

        let page = try String(contentsOfFile: folder.path + "/r.html", encoding: .utf8)
        #expect(!page.contains("<script>alert") && !page.contains("<!--"))
        #expect(page.contains("default-src 'none'"))
        #expect(!page.contains("http:") && !page.contains("https:"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["d", "r.html"])
    }
}
