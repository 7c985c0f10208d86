import Foundation
import ModelFiles
import TestSupport
import Testing
import Xception

/// `--hedge`, `--label`, `--group-by` and `labels`.
@Suite(.serialized) struct LabelTests {
    private static let cat = Program.photos + "/chelsea.png"
    private static let coffee = Program.photos + "/coffee.jpg"
    private static let both = [cat, coffee]

    private static func json(_ text: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("--hedge answers with the most specific concept that is probable enough, in every format", .timeLimit(.minutes(5)))
    func hedge() throws {
        let document = try Self.json(try Program.run(["--json", "--hedge", "0.97", Self.cat]).output)
        let result = try #require((document["results"] as? [[String: Any]])?.first)
        let concept = try #require(result["concept"] as? [String: Any])
        #expect(concept["id"] as? String == "n02121808" && concept["label"] as? String == "cat")
        #expect(concept["path"] as? [String] == ["animal", "mammal", "feline", "cat"])
        let probability = try #require(concept["probability"] as? Double)
        #expect(probability >= 0.97)
        #expect((result["predictions"] as? [Any])?.count == 5)

        let rows = try Program.run(["-k1", "--format", "csv", "--hedge", "97%", Self.cat]).output.split(separator: "\n")
        #expect(rows[0].hasPrefix("path,width,height,error,concept,concept_id,concept_probability,concept_path,label_1,"))
        #expect(rows[1].contains(",,cat,n02121808,0.9") && rows[1].contains(",animal > mammal > feline > cat,Egyptian cat,"))

        let lines = try Program.run(["-k1", "--hedge", "0.97"] + Self.both).output.split(separator: "\n")
        #expect(lines[0].hasPrefix(Self.cat + "\tcat\t0.9"))
        let table = try Program.run(["--format", "table", "--hedge", "0.97", Self.cat]).output
        #expect(table.contains("  cat  9") && table.contains("animal > mammal > feline > cat\n  1  Egyptian cat"))
    }

    @Test("Nothing but the root is that probable", .timeLimit(.minutes(5)))
    func nothing() throws {
        let document = try Self.json(try Program.run(["--json", "--hedge", "1", Program.photos + "/coins.png"]).output)
        let result = try #require((document["results"] as? [[String: Any]])?.first)
        let concept = try #require(result["concept"] as? [String: Any])
        #expect(concept["label"] as? String == "something" && concept["path"] as? [String] == [])
    }

    @Test("--label keeps images by the sum below a concept, a label or an id; --not-label the others", .timeLimit(.minutes(5)))
    func label() throws {
        #expect(try Program.run(["-l", "--label", "cat"] + Self.both).output == Self.cat + "\n")
        #expect(try Program.run(["-l0", "--label", "n02121808"] + Self.both).output == Self.cat + "\0")
        #expect(try Program.run(["-l", "--label", "egyptian_cat", "--label", "espresso"] + Self.both).output == Self.cat + "\n" + Self.coffee + "\n")
        #expect(try Program.run(["-l", "--not-label", "animal"] + Self.both).output == Self.coffee + "\n")
        // No single class of it is that probable.
        #expect(try Program.run(["-l", "--label", "cat", "--min", "0.98"] + Self.both).output == Self.cat + "\n")
        #expect(try Program.run(["-l", "--min", "0.98"] + Self.both).output.isEmpty)
        let document = try Self.json(try Program.run(["--json", "--label", "cat"] + Self.both).output)
        #expect((document["results"] as? [Any])?.count == 1)
        let failed = try Program.run(["-l", "--label", "cat", Self.cat, Program.odd + "/text.jpg"])
        #expect(failed.status == 1 && failed.output == Self.cat + "\n" && failed.errors.contains("text.jpg"))
    }

    @Test("Names of nothing, and numbers that are no probability, are a line", .timeLimit(.minutes(5)), arguments: [
        (["--label", "dgo"], "there is no label or concept 'dgo'; did you mean 'dog'"),
        (["--label", "unicornish"], "there is no label or concept 'unicornish'; xception labels lists them"),
        (["--not-label", "CARDIGAN"], "'CARDIGAN' may mean n02113186 (animal > mammal > canine > dog > corgi > Cardigan) or n02963159"),
        (["--label", "vehicles"], "did you mean 'vehicle'"),
        (["--hedge", "1.5"], "1.5"), (["--hedge=-1"], "-1"), (["--min", "2", "--label", "dog"], "2"),
        (["--group-by", "label", "--format", "jsonl"], "--group-by writes text, json, csv or tsv, not jsonl"),
        (["--group-by", "colour"], "colour"), (["-l", "--group-by", "label"], "--list and --group-by contradict"),
        (["--bom"], "--bom goes with --format csv or tsv"), (["--prefix", "a|b", "--format", "exiftool"], "--prefix must be a word"),
        (["--prefix", "", "--format", "exiftool"], "--prefix must be a word"), (["--sidecars"], "go with --format exiftool"),
        (["--format", "exiftool", "-"], "has no file for keywords"),
    ])
    func refused(arguments: [String], message: String) throws {
        let outcome = try Program.run(arguments + [Self.cat])
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    @Test("A head without WordNet ids has no concepts, and says so", .timeLimit(.minutes(5)))
    func headWithoutConcepts() throws {
        let folder = try TemporaryFolder()
        let backbone = try Backbone(path: ShippedFiles.backbone)
        let head = try folder.write("small.head.safetensors", smallHead(backbone.sha256).serialized()).text
        for arguments in [["--hedge", "0.5", Self.cat], ["--label", "cat", Self.cat], ["labels", "dog"]] {
            let outcome = try Program.run(arguments + ["--head", head])
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains("the head 'small' has no WordNet ids"), "\(outcome.errors)")
        }
        #expect(try Program.run(["labels", "--head", head]).output == "cat  0\n")
    }

    @Test("--group-by counts images by label, or by concept", .timeLimit(.minutes(5)))
    func groups() throws {
        let folder = try TemporaryFolder()
        let copy = folder.path + "/coffee.jpg"
        try FileManager.default.copyItem(atPath: Self.coffee, toPath: copy)
        let images = Self.both + [copy]
        #expect(try Program.run(["--group-by", "label"] + images).output == "2  espresso\n1  Egyptian cat\n")
        let document = try Self.json(try Program.run(["--group-by", "label", "--hedge", "0.97", "--json"] + images).output)
        #expect(document["schema"] as? String == "xception.groups/1")
        let groups = try #require(document["groups"] as? [[String: Any]])
        #expect(groups.map { $0["label"] as? String }.contains("cat"))
        #expect(groups.compactMap { $0["images"] as? Int }.reduce(0, +) == 3)
        #expect((document["summary"] as? [String: Any])?["images"] as? Int == 3)
        let rows = try Program.run(["--group-by", "label", "--format", "csv"] + images).output
        #expect(rows == "label,id,images\nespresso,n07920052,2\nEgyptian cat,n02124075,1\n")
    }

    @Test("Values between tabs, after a byte order mark where one is asked for, and no earlier output is in the way", .timeLimit(.minutes(5)))
    func spreadsheet() throws {
        let folder = try TemporaryFolder()
        for arguments in [["-o", folder.path + "/a.tsv", "--bom"], ["-o", folder.path + "/a.csv", "--hedge", "0.5"]] {
            #expect(try Program.run(arguments + [Self.cat]).status == 0)
            #expect(try Program.run(arguments + [Self.cat]).status == 0)
        }
        let bytes = try Data(contentsOf: URL(filePath: folder.path + "/a.tsv"))
        #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF] + Array("path\twidth\theight\terror\tlabel_1\t".utf8)))
        #expect(String(decoding: bytes, as: UTF8.self).contains("\tEgyptian cat\tn02124075\t"))
    }

    @Test("labels: the tree, what a word is in, and names for completions", .timeLimit(.minutes(5)))
    func tree() throws {
        let tree = try Program.run(["labels"]).output.split(separator: "\n")
        #expect(tree[0].hasPrefix("something ") && tree[1].hasPrefix("  animal "))
        #expect(tree.count > 1250)
        #expect(tree.contains { $0.hasPrefix("          Egyptian cat ") && $0.hasSuffix(" n02124075") })
        let dogs = try Program.run(["labels", "dog"]).output
        #expect(dogs.contains("hotdog") && dogs.contains("golden retriever") && dogs.contains("animal > mammal > canine"))
        #expect(try Program.run(["labels", "--names", "golden"]).output == "golden_retriever\n")
        let document = try Self.json(try Program.run(["labels", "--json", "golden retriever"]).output)
        let labels = try #require(document["labels"] as? [[String: Any]])
        #expect(labels.map { $0["id"] as? String } == ["n02099601"])
        let wrong = try Program.run(["labels", "dgo"])
        #expect(wrong.status == 64 && wrong.errors.contains("did you mean 'dog'"))
    }
}
