import Foundation
import Platform
import TestSupport
import Testing

@testable import XceptionCLI

/// `train` and `evaluate`, on photos of three kinds of waste (Tests/Fixtures/waste).
@Suite(.serialized, .timeLimit(.minutes(10))) struct TrainTests {
    static let waste = Repository.path("Tests/Fixtures/waste")

    @Test("The walk of Documentation/training.md: a head from 60 photos, what it says of itself, and an evaluation")
    func walk() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; export SOURCE_DATE_EPOCH=1767312000; cp -r "$WASTE" waste
            "$XCEPTION" train waste -o waste.head.safetensors; echo $?; sha256sum < waste.head.safetensors
            "$XCEPTION" train waste -o waste.head.safetensors --threads 1 | head -1; sha256sum < waste.head.safetensors
            "$XCEPTION" model info waste.head.safetensors | grep -E 'trained|photos|held|command'
            "$XCEPTION" evaluate --head waste.head.safetensors waste --json > report.json; echo $?
            "$XCEPTION" explain --head waste.head.safetensors waste/glass/glass463.jpg
            "$XCEPTION" explain --head waste.head.safetensors waste/glass/glass463.jpg -o heat.png
            "$XCEPTION" --head waste.head.safetensors -k 1 --json "$PHOTOS/chelsea.png" waste/glass/*.jpg > labels.json
            "$XCEPTION" --head waste.head.safetensors -k 1 "$PHOTOS/chelsea.png" waste/glass/*.jpg | head -1
            """#, environment: ["FOLDER": folder.path, "WASTE": Self.waste])
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.first?.contains("waste.head.safetensors: 3 classes, 60 photos") == true)
        let hashes = lines.filter { $0.hasSuffix("  -") }
        #expect(hashes.count == 2 && hashes[0] == hashes[1], "the same bytes on any number of threads, and it replaces its own head")
        #expect(lines.contains { $0.contains("on 60 photos, 2026-01-02") })
        #expect(lines.contains { $0.contains("glass 20, metal 20, paper 20") })
        #expect(lines.contains { $0.contains("xception train waste") })

        let report = try #require(try Self.json(folder, "report.json") as? [String: Any])
        #expect(report["images"] as? Int == 60 && report["failed"] as? Int == 0)
        #expect(try #require(report["top1"] as? Double) > 0.9, "these are the photos that it was trained on")
        #expect((report["classes"] as? [[String: Any]])?.count == 3 && report["ece"] is Double && report["confusions"] is [Any])

        #expect(lines.contains { $0.hasPrefix("waste/glass/glass463.jpg: glass 86.") && $0.contains("strongest at") })
        let picture = try Data(contentsOf: folder.url.appending(path: "heat.png"))
        #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]))

        let labels = try #require(try Self.json(folder, "labels.json") as? [String: Any])
        let results = try #require(labels["results"] as? [[String: Any]])
        #expect(results[0]["rejected"] as? Bool == true, "a cat is no waste")
        #expect(results.dropFirst().count { $0["rejected"] as? Bool == false } >= 17)
        #expect(lines.last?.hasSuffix("chelsea.png\tunlike the training photos") == true)
    }

    @Test("A collection: photos are computed once, both runs train the same head, and another model's features are refused")
    func collection() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; export SOURCE_DATE_EPOCH=1767312000; mkdir waste; for kind in glass metal; do mkdir waste/$kind; cp $(ls "$WASTE"/$kind/*.jpg | head -3) waste/$kind; done
            "$XCEPTION" index p.xdb waste/glass --quiet > /dev/null
            for run in 1 2; do "$XCEPTION" train waste -o h.safetensors --collection p.xdb | grep ^features; sha256sum < h.safetensors; done
            cp "$(ls "$WASTE"/glass/*.jpg | tail -1)" waste/glass/new.jpg
            "$XCEPTION" evaluate --head h.safetensors waste --collection p.xdb --read-only | grep ^features
            "$XCEPTION" evaluate --head h.safetensors waste --collection p.xdb --json > e.json
            "$XCEPTION" evaluate --head h.safetensors waste --json > plain.json
            "$XCEPTION" train waste -o h2.safetensors --collection p.xdb --views 2 2>&1; echo $?; ls
            """#, environment: ["FOLDER": folder.path, "WASTE": Self.waste])
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("features") && lines[0].contains("3 of 6 from the collection"))
        #expect(lines[2].contains("6 of 6 from the collection") && lines[1] == lines[3])
        #expect(lines[4].contains("6 of 7 from the collection"), "--read-only added nothing; one photo is new")
        let document = try #require(try Self.json(folder, "e.json") as? [String: Any])
        #expect(document["from_collection"] as? Int == 6 && document["images"] as? Int == 7)
        let plain = try #require(try Self.json(folder, "plain.json") as? [String: Any])
        #expect(plain["from_collection"] == nil && plain["top1"] as? Double == document["top1"] as? Double)
        #expect(lines[5].contains("p.xdb: ") && lines[5].contains("views") && lines[6] == "2")
        #expect(!lines.contains("h2.safetensors"))
    }

    private static func json(_ folder: TemporaryFolder, _ name: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(contentsOf: folder.url.appending(path: name)))
    }

    @Test("Bad input is a line")
    func badInput() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; mkdir -p one/a two/a two/empty; cp "$WASTE"/glass/*.jpg one/a; cp "$WASTE"/glass/glass1*.jpg two/a
            x() { "$XCEPTION" "$@" 2>&1 > /dev/null | tr '\n' '|'; echo; }
            x train nothing -o h; x train one -o h; x train two -o h
            printf 'path,label\n%s,"a\nb"\n' one/a/*.jpg > newline.csv; x train newline.csv -o h
            printf 'one/a\n' > short.csv; x train short.csv -o h
            for i in $(seq 1200); do echo "$i.jpg,c$i"; done > many.csv; x train many.csv -o h
            cp "$PHOTOS/coffee.jpg" .; x train "$WASTE" -o coffee.jpg; cmp coffee.jpg "$PHOTOS/coffee.jpg" && echo kept
            x train "$WASTE" -o h --groups '('; x evaluate "$WASTE"; ls
            """#, environment: ["FOLDER": folder.path, "WASTE": Self.waste])
        let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines[0].contains("nothing: ") && lines[0].contains("|"))
        #expect(lines[1].contains("there is one class, and training needs two; expected a folder"))
        #expect(lines[2].contains("two/empty: a class without photos; it is left out") && lines[2].contains("there is one class"))
        #expect(lines[3].contains(#"the class "a\nb" has a control character in its name"#))
        #expect(lines[4].contains("row 1 is not path,label"))
        #expect(lines[5].contains("there are 1200 classes; at most 1000"))
        #expect(lines[6].contains("coffee.jpg") && lines[7] == "kept")
        #expect(lines[8].contains("--groups takes 'folder' or a regular expression"))
        #expect(lines[9].contains("no folder or label is a class of the head"))
        #expect(!lines.contains("h"))
        #expect(outcome.errors.isEmpty)
    }

    @Test("CSV: a byte order mark, a header, quotes, missing photos, a photo in two classes")
    func table() throws {
        let rows = CSVReader.rows(Array("\u{FEFF}path,label\r\n\"a,\"\"b\"\".jpg\",x\n\nc.jpg,y".utf8))
        #expect(rows.map { $0.map { String(decoding: $0, as: UTF8.self) } } == [["path", "label"], ["a,\"b\".jpg", "x"], ["c.jpg", "y"]])
        let folder = try TemporaryFolder()
        let file = try folder.write("l.csv", Array("path,label\n/x/a.jpg,one\n/x/b.jpg,two\n/x/a.jpg,two\n/x/c.jpg,10\n/x/d.jpg,2\n".utf8))
        let labelled = try LabelledImages(file)
        #expect(labelled.classes == ["2", "10", "one", "two"])
        #expect(labelled.photos.map(\.path.text) == ["/x/b.jpg", "/x/c.jpg", "/x/d.jpg"])
        #expect(labelled.notes.count == 1 && labelled.notes[0].hasPrefix("/x/a.jpg: is in two classes"))
    }

    @Test("Groups: a folder, a match, and what an expression does not match")
    func groups() throws {
        let paths = ["a/leaf1_x.jpg", "a/leaf1_y.jpg", "b/leaf2.jpg", "b/other.jpg", "b/another.jpg"].map { FilePath($0) }
        func numbers(_ rule: String) throws -> [Int] {
            var groups = PhotoGroups(count: paths.count)
            groups.join(by: try GroupRule(argument: rule).keys(paths))
            return groups.numbers
        }
        #expect(try numbers("folder") == [0, 0, 2, 2, 2])
        #expect(try numbers("leaf([0-9])") == [0, 0, 2, 3, 4])
    }
}
