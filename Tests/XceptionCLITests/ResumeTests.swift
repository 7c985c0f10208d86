import Foundation
import TestSupport
import Testing

/// Answers that `--resume` keeps, computes again and shows.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ResumeTests {
    /// Runs shell lines in a folder with two photos. `answers` prints path and label of each line of `o.jsonl`.
    private static func run(_ lines: String, environment: [String: String] = [:]) throws -> Program.Outcome {
        let folder = try TemporaryFolder()
        return try Program.shell(
            #"""
            cd "$FOLDER"; cp "$PHOTOS/coffee.jpg" coffee.jpg; cp "$PHOTOS/chelsea.png" cat.png
            x() { "$XCEPTION" -k 1 --resume -o o.jsonl "$@"; echo "status $?"; }
            answers() { sed 's/{"path": "\([^"]*\)".*"\(label\|code\)": "\([^"]*\)".*/\1 \3/' o.jsonl; }
            """# + "\n" + lines, environment: environment.merging(["FOLDER": folder.path]) { $1 })
    }

    @Test("Names that are not UTF-8 keep their bytes: each photo has one answer")
    func bytes() throws {
        let outcome = try Self.run(
            #"""
            mkdir d; cp coffee.jpg d/$'a\xff.jpg'; x d; cp cat.png d/$'a\xfe.jpg'; x d; x d; answers; grep -o 'path_hex": "[0-9a-f]*"' o.jsonl
            "$XCEPTION" -k 1 --json d | grep -c path_hex
            """#)
        #expect(outcome.output == """
            status 0
            status 0
            status 0
            d/a\u{FFFD}.jpg espresso
            d/a\u{FFFD}.jpg Egyptian cat
            path_hex": "642f61ff2e6a7067"
            path_hex": "642f61fe2e6a7067"
            2

            """)
    }

    @Test("A photo is one, however its path is spelled")
    func spellings() throws {
        let outcome = try Self.run(
            #"""
            mkdir one; cp coffee.jpg cat.png one; ln -s one two; for path in one ./one "$PWD/one" one/../one two one//coffee.jpg; do x $path; done; answers
            """#)
        #expect(outcome.output == String(repeating: "status 0\n", count: 6) + "one/cat.png Egyptian cat\none/coffee.jpg espresso\n")
    }

    @Test("A changed photo is computed again, a mended one, too; their new lines stand where the old ones stood")
    func changes() throws {
        let outcome = try Self.run(
            #"""
            cp coffee.jpg 1.jpg; cp cat.png 3.jpg; x 1.jpg 2.jpg 3.jpg 4.jpg; answers; cp cat.png 1.jpg; cp cat.png 2.jpg; touch -d @1 3.jpg; x 1.jpg 2.jpg 3.jpg
            answers; x 1.jpg 2.jpg 3.jpg 4.jpg; ls | grep -c partial
            """#)
        #expect(outcome.output == """
            status 1
            1.jpg espresso
            2.jpg not_found
            3.jpg Egyptian cat
            4.jpg not_found
            status 0
            1.jpg Egyptian cat
            2.jpg Egyptian cat
            3.jpg Egyptian cat
            4.jpg not_found
            status 1
            0

            """)
    }

    @Test("An answer whose photo is out of reach is not given up for a failure")
    func outOfReach() throws {
        let outcome = try Self.run("x coffee.jpg; mv coffee.jpg away; echo coffee.jpg > list; x --files-from list; answers")
        #expect(outcome.output == "status 0\nstatus 0\ncoffee.jpg espresso\n")
    }

    @Test("A file of something else stays as it is: one long line, in little memory; a broken end; a foreign one")
    func foreign() throws {
        let outcome = try Self.run(
            #"""
            printf 'my precious data' > long; truncate -s 1500M long; cp --sparse=always long o.jsonl; (ulimit -v 1500000; x coffee.jpg)
            cmp long o.jsonl; rm long o.jsonl; printf '{"path": "%s", "width": 1, "height": 1, "predictions": [my notes' a > o.jsonl; cp o.jsonl before
            x coffee.jpg; cmp o.jsonl before; printf 'no line end' > o.jsonl; x coffee.jpg; cat o.jsonl
            """#)
        #expect(outcome.output == "status 2\nstatus 2\nstatus 2\nno line end")
        #expect(outcome.errorLines.count == 3 && outcome.errorLines.allSatisfy { $0.contains("line 1 is not a result of this program") })
    }

    @Test("Lines that an earlier version wrote, which say nothing of the file, are kept")
    func earlierVersion() throws {
        let outcome = try Self.run(
            #"""
            x coffee.jpg cat.png; sed -i 's/"size": [0-9]*, "modified": [0-9.]*, //' o.jsonl; cp o.jsonl before; x coffee.jpg cat.png; cmp o.jsonl before
            """#)
        #expect(outcome.output == "status 0\nstatus 0\n")
    }

    @Test("The page of a resumed run shows all rows of the file, with their pictures")
    func report() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; mkdir one; cp "$PHOTOS/coffee.jpg" "$PHOTOS/chelsea.png" one; cp "$ODD/text.jpg" one; cp "$PHOTOS/coffee.jpg" other.jpg
            x() { "$XCEPTION" -k 1 --quiet --resume -o o.jsonl "$@"; echo $?; }; x other.jpg missing.jpg
            for turn in 1 2; do x --report $turn.html one; done; rm one/text.jpg; x --report 3.html one
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output == "1\n1\n1\n0\n" && outcome.errors.isEmpty)
        let expected: Set = ["other.jpg", "missing.jpg", "one/coffee.jpg", "one/chelsea.png", "one/text.jpg"]
        for turn in 1...3 {
            let rows = try ReportTests.results(folder.path + "/\(turn).html")
            #expect(Set(rows.compactMap { $0["path"] as? String }) == expected && rows.count == expected.count, "\(turn)")
            #expect(rows.filter { $0["thumbnail"] != nil }.count == 3 && rows.filter { $0["error"] != nil }.count == 2, "\(turn)")
            #expect(rows.first?["path"] as? String == "other.jpg")
            let page = try String(contentsOfFile: folder.path + "/\(turn).html", encoding: .utf8)
            #expect(page.contains(#""summary": "5 images, 2 failed""#))
        }
    }
}
