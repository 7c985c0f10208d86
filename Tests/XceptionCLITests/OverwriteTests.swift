import Foundation
import TestSupport
import Testing

/// What `-o` and `--report` replace, and what they leave alone.
@Suite(.serialized) struct OverwriteTests {
    /// Runs shell lines in a folder with two copies of a photo; `same a.jpg` tells whether that one is still the photo.
    private static func run(_ lines: String) throws -> Program.Outcome {
        let folder = try TemporaryFolder()
        return try Program.shell(
            #"""
            cd "$FOLDER"; cp "$PHOTOS/coffee.jpg" a.jpg; cp a.jpg b.jpg; x() { "$XCEPTION" -k 1 "$@"; echo "status $?"; }
            same() { cmp "$PHOTOS/coffee.jpg" "$1" && echo same; }
            """# + "\n" + lines, environment: ["FOLDER": folder.path, "MODELS": Repository.path("Models")])
    }

    @Test("A photo, a note and a list are not replaced, whatever the format", arguments: ["text", "json", "jsonl", "csv", "report"])
    func foreignFiles(format: String) throws {
        let option = format == "report" ? "--report" : "--format \(format) -o"
        let outcome = try Self.run(
            """
            x \(option) a.jpg b.jpg; same a.jpg; ls -A
            echo 'dear diary' > notes.txt; x \(option) notes.txt b.jpg; cat notes.txt
            """)
        #expect(outcome.output == "status 2\nsame\na.jpg\nb.jpg\nstatus 2\ndear diary\n")
        #expect(outcome.errorLines.count == 2)
        #expect(outcome.errorLines.allSatisfy { $0.contains("nothing in it says that it is an earlier output") && $0.contains("--force") })
    }

    @Test("Files of others that begin as outputs do are not replaced", arguments: [
        #"{"path": "/etc/app", "token": "only copy"}"#, #"{"path": "a.jpg", "width": 640, "height": 480}"#,
        #"{"path": "a.jpg", "width": 640, "height": 480, "predictions": []}\n"#, #"{"path": "x", "error": {"code": "foo", "#,
        #"{"frame": 0, "path": "-", x"#, "path,width,height,error,note\nx.jpg,1,2,,mine\n",
    ])
    func similarFiles(content: String) throws {
        let outcome = try Self.run(
            """
            printf '\(content)' > theirs; cp theirs before
            for option in '--format json -o' '--format jsonl -o' '--report'; do x $option theirs b.jpg; cmp theirs before; done; ls -A
            """)
        #expect(outcome.output == "status 2\nstatus 2\nstatus 2\na.jpg\nb.jpg\nbefore\ntheirs\n")
    }

    @Test("A model in use is not replaced, not even by force")
    func models() throws {
        let outcome = try Self.run(
            """
            cp "$MODELS"/*.safetensors .; cp imagenet.head.safetensors head
            x --force --head imagenet.head.safetensors -o imagenet.head.safetensors b.jpg; cmp imagenet.head.safetensors head
            x --force --model xception-backbone.safetensors --report xception-backbone.safetensors b.jpg; wc -c < xception-backbone.safetensors
            """)
        #expect(outcome.output.hasPrefix("status 2\nstatus 2\n41"))
        #expect(outcome.errorLines.count == 2 && outcome.errorLines.allSatisfy { $0.contains("is an input") })
    }

    @Test("--force replaces a file that is no input")
    func force() throws {
        for option in ["--format json -o", "--format jsonl -o", "--report"] {
            let outcome = try Self.run("x --force \(option) a.jpg b.jpg > log; cat log | tail -1; grep -q espresso a.jpg && echo replaced")
            #expect(outcome.output == "status 0\nreplaced\n")
            #expect(outcome.errors.isEmpty)
        }
    }

    @Test("An input is no output, not even by force: named, linked, found in a directory, on standard input, or the list itself", arguments: [
        "-o a.jpg a.jpg b.jpg", "--report a.jpg a.jpg", "-o link.jpg a.jpg", "-o hard.jpg b.jpg a.jpg", "-o a.jpg .", "--report a.jpg .",
        "-o a.jpg - < a.jpg", "-o list --files-from list", "-o list --files-from - < list",
    ])
    func inputs(arguments: String) throws {
        for format in ["csv", "jsonl"] {
            let outcome = try Self.run(
                """
                ln -s a.jpg link.jpg; ln a.jpg hard.jpg; echo b.jpg > list
                x --force --format \(format) \(arguments); same a.jpg; cat list; ls -A | grep partial
                """)
            #expect(outcome.output == "status 2\nsame\nb.jpg\n")
            #expect(outcome.errorLines.count == 1 && outcome.errors.contains("is an input and cannot be the output as well"))
        }
    }

    @Test("An image of a list that turns out to be the output ends the run before it is replaced")
    func listed() throws {
        let outcome = try Self.run(
            "printf '%s\\n' b.jpg a.jpg > list; x --threads 1 --force --format csv -o a.jpg --files-from list; same a.jpg; ls -A")
        #expect(outcome.output == "status 2\nsame\na.jpg\nb.jpg\nlist\n")
        #expect(outcome.errorLines.count == 1 && outcome.errors.contains("a.jpg: is an input"))
    }

    @Test("Lines of JSON take no file's place before it is known that the list does not name it")
    func listedInLines() throws {
        let outcome = try Self.run(
            """
            printf '%s\\n' b.jpg a.jpg > list; x --force --format jsonl -o a.jpg --files-from list; same a.jpg
            cat list | x --force --format jsonl -o a.jpg --files-from -; same a.jpg; x --force --format jsonl -o a.jpg --files-from <(cat list); same a.jpg
            echo b.jpg > list; x --force --format jsonl -o a.jpg --files-from list
            cat list | x --format jsonl -o a.jpg --files-from -; grep -c espresso a.jpg
            """)
        #expect(outcome.output == "status 2\nsame\nstatus 2\nsame\nstatus 2\nsame\nstatus 0\nstatus 0\n1\n")
        #expect(outcome.errorLines.count == 3)
        #expect(outcome.errorLines.first == "xception: a.jpg: is an input and cannot be the output as well; name another file")
        #expect(outcome.errorLines.dropFirst().allSatisfy { $0.contains("comes through a pipe, may name it") })
    }

    @Test("Empty files and earlier outputs are replaced, by any format")
    func earlierOutputs() throws {
        let outcome = try Self.run(
            """
            : > out; for format in text; do x --format $format -o out b.jpg; done; : > out
            for format in json jsonl csv jsonl json csv; do x --format $format -o out a.jpg b.jpg missing.jpg 2> /dev/null; done
            x --report out b.jpg > /dev/null; x --format jsonl -o out missing.jpg a.jpg 2> /dev/null; x --format csv -o out b.jpg; cat out
            """)
        let statuses = outcome.output.split(separator: "\n").filter { $0.hasPrefix("status") }
        #expect(statuses == ["status 0"] + Array(repeating: "status 1", count: 7) + ["status 0"])
        #expect(outcome.output.contains("\nb.jpg,600,400,,espresso,"))
        #expect(outcome.errors.isEmpty)
    }

    @Test("Two outputs are told to be one file by what they are, not by how they are written")
    func twice() throws {
        let outcome = try Self.run(
            """
            x --format csv -o out --report ./out b.jpg; ls -A; : > made; ln made other; x --format jsonl -o made --report other b.jpg
            """)
        #expect(outcome.output == "status 64\na.jpg\nb.jpg\nstatus 64\n")
        #expect(outcome.errorLines.allSatisfy { $0.contains("name the same file") })
    }
}
