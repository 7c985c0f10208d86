import Foundation
import TestSupport
import Testing

/// Everything that can go wrong is one clear line and the right exit status.
@Suite(.serialized, .timeLimit(.minutes(10))) struct FailureTests {
    struct BadImage: CustomStringConvertible, Sendable {
        let file: String
        let code: String
        let says: String

        var description: String { file }
    }

    static let images = [
        BadImage(file: "missing.jpg", code: "not_found", says: "no such file"),
        BadImage(file: "empty.jpg", code: "empty_file", says: "empty"),
        BadImage(file: "text.jpg", code: "unsupported_format", says: "text file"),
        BadImage(file: "animation.gif", code: "unsupported_format", says: "GIF"),
        BadImage(file: "truncated.jpg", code: "corrupt_image", says: "damaged"),
        BadImage(file: "truncated.png", code: "corrupt_image", says: "damaged"),
        BadImage(file: "wrong-crc-ancillary.png", code: "corrupt_image", says: "damaged"),
        BadImage(file: "bomb-60000x60000.png", code: "image_too_large", says: "60000 x 60000"),
        BadImage(file: "bomb-65000x65000.jpg", code: "image_too_large", says: "65000 x 65000"),
    ]

    @Test("An image that cannot be answered", arguments: images)
    func image(bad: BadImage) throws {
        let path = Program.odd + "/" + bad.file
        let text = try Program.run([path])
        #expect(text.status == 1)
        #expect(text.output.isEmpty)
        #expect(text.errorLines.count == 1)
        #expect(text.errors.hasPrefix("xception: \(path): "))
        #expect(text.errors.contains(bad.says))

        let json = try Program.run(["--json", "--quiet", path, Program.photos + "/chelsea.png"])
        #expect(json.status == 1)
        #expect(json.errors.isEmpty)
        let document = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        let results = try #require(document["results"] as? [[String: Any]])
        #expect((results[0]["error"] as? [String: String])?["code"] == bad.code)
        #expect(((results[1]["predictions"] as? [[String: Any]])?[0]["label"] as? String) == "Egyptian cat")
        #expect((document["summary"] as? [String: Any])?["failed"] as? Int == 1)
    }

    @Test("Memory for a bomb is never asked for")
    func bomb() throws {
        let outcome = try Program.shell("ulimit -v 2000000; \"$XCEPTION\" --threads 1 \"$ODD/bomb-60000x60000.png\"")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("60000 x 60000"))
    }

    @Test("A directory that is named where a list or a model is expected")
    func directories() throws {
        let folder = try TemporaryFolder()
        let empty = try Program.run([folder.path])
        #expect(empty.status == 2)
        #expect(empty.errorLines.count == 1)
        #expect(empty.errors.contains("no images"))
        #expect(empty.output.isEmpty)
        let list = try Program.run(["--files-from", folder.path + "/nothing"])
        #expect(list.status == 2)
        #expect(list.errorLines.count == 1)
    }

    @Test("A model file that is damaged, foreign, missing", arguments: ["truncated", "text", "empty", "missing", "head"])
    func model(kind: String) throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/model.safetensors"
        let shipped = Repository.url("Models/xception-backbone.safetensors")
        switch kind {
        case "truncated":
            try FileHandle(forReadingFrom: shipped).readData(ofLength: 1_000_000).write(to: URL(filePath: file))
        case "text": try Data("no model".utf8).write(to: URL(filePath: file))
        case "empty": try Data().write(to: URL(filePath: file))
        case "head":
            try FileManager.default.copyItem(
                atPath: Repository.path("Models/imagenet.head.safetensors"), toPath: file)
        default: break
        }
        for arguments in [["--model", file, Program.photos + "/chelsea.png"], ["model", "verify", "--model", file], ["summary", "--model", file]] {
            let outcome = try Program.run(arguments)
            #expect(outcome.status == 2)
            #expect(outcome.output.isEmpty)
            #expect(outcome.errorLines.count == 1)
            #expect(outcome.errors.hasPrefix("xception: \(file): "))
        }
    }

    @Test("Words that the command line does not know", arguments: [
        [], ["--top", "0", "a.jpg"], ["--format", "xml", "a.jpg"], ["--json", "--format", "csv", "a.jpg"], ["--null", "a.jpg"],
        ["--threads", "0", "a.jpg"], ["--precision", "fp64", "a.jpg"], ["--resample", "magic", "a.jpg"], ["--unknown", "a.jpg"],
        ["--files-from", "-", "-"],
    ])
    func usage(arguments: [String]) throws {
        let outcome = try Program.run(arguments)
        #expect(outcome.status == 64)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errorLines.count == 1 && outcome.errors.hasPrefix("xception: "))
    }

    @Test("Whatever number an option is given, it is taken or refused", arguments: [
        ["--top"], ["--min"], ["--max-pixels"], ["--threads"], ["bench", "--runs"], ["bench", "--batch"],
    ])
    func numbers(option: [String]) throws {
        for number in ["\(Int.min)", "-1", "0", "\(Int.max)", "9223372036854775808", "1e400", "-1e-400", "nan", "٣", ""] {
            let arguments = Array(option.dropLast()) + ["\(option.last!)=\(number)"] + (option.count > 1 ? [] : [ClassifyTests.cat])
            let outcome = try Program.run(arguments)
            #expect([0, 64].contains(outcome.status), "\(arguments)")
            #expect((outcome.status == 0) == outcome.errors.isEmpty)
        }
    }

    @Test("A word that is misspelled is what the message is about", arguments: [
        (["--verison"], "unknown option '--verison'; did you mean --version?"), (["--jsno"], "did you mean --json?"),
        (["clasify", "a.jpg"], "did you mean 'classify'?"), (["--csv", "a.jpg"], "write --format csv"), (["-r", "a.jpg"], "always searched recursively"),
        (["-j", "2", "a.jpg"], "write --threads N"), (["-V"], "write --version"), (["--glob", "*.jpg", "a"], "--include '*.jpg'"),
        (["--exlude", "x", "a"], "did you mean --exclude?"), (["--nothing-like-it"], "see xception classify --help"),
        (["--include", "[a", "a"], "'[' has no ']'"),
        (["--max-depth", "0", "a"], "--max-depth must be at least 1"), (["convert", "x.h5"], "xception-convert converts models"),
        (["frobnicate", "a.jpg"], "neither a file nor a subcommand 'frobnicate'"), (["bench", "--run", "3"], "did you mean --runs?"),
        (["modle"], "did you mean 'model'?"), (["version"], "'--version'"), (["help", "clasify"], "did you mean 'classify'?"),
        (["help", "nonsense"], "there is no subcommand 'nonsense'"), ([], "no input: give images or directories"),
    ])
    func misspelled(arguments: [String], says: String) throws {
        let outcome = try Program.run(arguments)
        #expect(outcome.status == 64 && outcome.output.isEmpty)
        #expect(outcome.errorLines.count == 1 && outcome.errors.hasPrefix("xception: "))
        #expect(outcome.errors.contains(says))
    }

    @Test("A file that is called as an option or a subcommand is told how to be named")
    func oddNames() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; cp "$PHOTOS/coffee.jpg" ./-x.jpg; cp "$PHOTOS/coffee.jpg" bench
            "$XCEPTION" *x.jpg; "$XCEPTION" bench -k 1; "$XCEPTION" -k 1 -- *x.jpg ./bench | cut -f 2
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.errorLines.map(String.init) == [
            "xception: unknown option '-x.jpg'; for the file of that name, write ./-x.jpg",
            "xception: unknown option '-k'; 'bench' is a subcommand; for the file, write ./bench",
        ])
        #expect(outcome.output == "espresso\nespresso\n")
    }

    @Test("A web address is told from a file's name")
    func webAddress() throws {
        let outcome = try Program.run(["https://example.org/a.jpg"])
        #expect(outcome.status == 1)
        #expect(outcome.errors == "xception: https://example.org/a.jpg: is a web address, not a file; try: curl -sL URL | xception -\n")
    }
}
