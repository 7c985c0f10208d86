import Foundation
import TestSupport
import Testing

/// Files that `-o` and `--report` replace, and files that they do not touch.
@Suite(.serialized, .timeLimit(.minutes(5))) struct OverwriteTests {
    /// Runs shell lines in a folder with two copies of a photo; `same a.jpg` checks that that one is still the photo.
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
            x \(option) a.jpg b.jpg; x --force \(option) a.jpg b.jpg; same a.jpg; ls -A
            echo 'dear diary' > notes.txt; x \(option) notes.txt b.jpg; cat notes.txt
            """)
        #expect(outcome.output == "status 2\nstatus 2\nsame\na.jpg\nb.jpg\nstatus 2\ndear diary\n")
        let picture = "xception: a.jpg: is an image, which no output replaces; is the output's name missing?"
        #expect(outcome.errorLines.count == 3 && outcome.errorLines.prefix(2).allSatisfy { $0 == picture })
        #expect(outcome.errorLines.last?.contains("is not an unchanged output of xception") == true)
        #expect(outcome.errorLines.last?.contains("--force") == true)
    }

    @Test("A picture that is not read is no output either")
    func otherPictures() throws {
        let outcome = try Self.run("printf 'GIF89a...' > cat.gif; x --force -o cat.gif --format csv b.jpg; cat cat.gif")
        #expect(outcome.output == "status 2\nGIF89a...")
        #expect(outcome.errors.contains("cat.gif: is a GIF image"))
    }

    /// Each replaces what the line before it made, by a command of `sed`.
    @Test("An output that its owner has written into is not replaced", arguments: [
        ("csv", "1s/$/,my_notes/; 2s/$/,checked/"), ("csv", "2s/$/,checked/"), ("csv", "$a x.jpg,1,2,,cat"), ("csv", "$a to do: the rest"),
        ("csv", "1s/label_1/name/"), ("json", "2s/^/ \"mine\": 1,/"), ("json", "4s/\"width\"/\"note\": 1, \"width\"/"),
        ("json", "$a # checked"), ("jsonl", "1s/\"width\"/\"note\": 1, \"width\"/"), ("jsonl", "$a # checked"),
        ("jsonl", "$s/}$/, \"mine\": 1}/"), ("report", "$a <p>seen</p>"),
    ])
    func annotated(format: String, edit: String) throws {
        let option = format == "report" ? "--report" : "--format \(format) -o"
        let outcome = try Program.shell(
            #"""
            cd "$(mktemp -d)"; cp "$PHOTOS/coffee.jpg" 'a,"b'.jpg; cp "$PHOTOS/chelsea.png" $'c\nd.png'; x() { "$XCEPTION" -k 1 "$@" > /dev/null; echo $?; }
            x $OPTION out *g; x $OPTION out *g --force; sed -i "$EDIT" out; cp out before; x $OPTION out 'a,"b'.jpg; x --report out *g; cmp out before
            """#, environment: ["OPTION": option, "EDIT": edit])
        #expect(outcome.output == "0\n0\n2\n2\n")
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
            let outcome = try Self.run(
                "echo mine > note; x --force \(option) note b.jpg > log; cat log | tail -1; grep -q espresso note && echo replaced")
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
            // A photo that only a search of its directory finds is refused as a photo.
            let reasons = ["is an input and cannot be the output as well", "is an image, which no output replaces"]
            #expect(outcome.errorLines.count == 1 && reasons.contains { outcome.errors.contains($0) })
        }
    }

    @Test("An image of a list that turns out to be the output ends the run before it is replaced")
    func listed() throws {
        let outcome = try Self.run(
            """
            echo mine > note; printf '%s\\n' b.jpg note > list; x --threads 1 --force --format csv -o note --files-from list; cat note; ls -A
            """)
        #expect(outcome.output == "status 2\nmine\na.jpg\nb.jpg\nlist\nnote\n")
        #expect(outcome.errorLines.count == 1 && outcome.errors.contains("note: is an input"))
    }

    @Test("Lines of JSON take no file's place before it is known that the list does not name it")
    func listedInLines() throws {
        let outcome = try Self.run(
            """
            echo mine > a; printf '%s\\n' b.jpg a > list; x --force --format jsonl -o a --files-from list; cat a
            cat list | x --force --format jsonl -o a --files-from -; cat a; x --force --format jsonl -o a --files-from <(cat list); cat a
            echo b.jpg > list; x --force --format jsonl -o a --files-from list
            : > a; cat list | x --format jsonl -o a --files-from -; grep -c espresso a
            """)
        #expect(outcome.output == "status 2\nmine\nstatus 2\nmine\nstatus 2\nmine\nstatus 0\nstatus 0\n1\n")
        #expect(outcome.errorLines.count == 3)
        #expect(outcome.errorLines.first == "xception: a: is an input and cannot be the output as well; name another file")
        #expect(outcome.errorLines.dropFirst().allSatisfy { $0.contains("comes through a pipe, may contain it") })
    }

    @Test("Empty files and earlier outputs are replaced, by any format")
    func earlierOutputs() throws {
        let outcome = try Self.run(
            """
            : > out; for format in text; do x --format $format -o out b.jpg; done; : > out
            for format in json csv json; do x --format $format -o out a.jpg b.jpg missing.jpg 2> /dev/null; done
            x --format jsonl --force -o out missing.jpg a.jpg 2> /dev/null; x --report out b.jpg > /dev/null; x --format csv -o out b.jpg; cat out
            """)
        let statuses = outcome.output.split(separator: "\n").filter { $0.hasPrefix("status") }
        #expect(statuses == ["status 0"] + Array(repeating: "status 1", count: 4) + ["status 0"])
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

    @Test("A long run's lines are not emptied by a forgotten --resume: both ways out are named, and neither is taken")
    func forgottenResume() throws {
        let outcome = try Self.run(
            """
            x -o big.jsonl a.jpg b.jpg; cp big.jsonl before; x -o big.jsonl a.jpg; x --format jsonl -o big.jsonl b.jpg; x -k 2 --resume -o big.jsonl a.jpg
            x --resume --exact-decode -o big.jsonl a.jpg; cmp big.jsonl before; x --force -o big.jsonl a.jpg; wc -l < big.jsonl
            x --format csv -o c a.jpg; x --format jsonl -o c a.jpg; head -c 4 c
            """)
        #expect(outcome.output == "status 0\nstatus 2\nstatus 2\nstatus 2\nstatus 2\nstatus 0\n1\nstatus 0\nstatus 2\npath")
        let holds = "xception: big.jsonl: holds results of an earlier run; continue it with --resume, or begin again with --force"
        #expect(outcome.errorLines.count == 5 && outcome.errorLines.prefix(2).allSatisfy { $0 == holds })
        #expect(outcome.errorLines[2...3].allSatisfy { $0.contains("comes from another run") && $0.contains("name another file") })
        #expect(!outcome.errors.contains("leave out --resume"))
    }

    /// Runs over `b.jpg`, makes `out.csv` by shell lines once the run has begun, and then ends the list.
    private static func duringRun(_ lines: String, list: String = "", option: String = "--format csv -o") throws -> Program.Outcome {
        try run(
            """
            coproc X { exec "$XCEPTION" -k 1 --quiet --threads 1 \(option) out.csv --files-from -; }
            pid=$X_PID; echo b.jpg >&${X[1]}; until ls out.csv.*.partial 2> /dev/null | grep -q .; do sleep 0.02; done
            \(lines); printf '\(list)' >&${X[1]}; exec {X[1]}>&-; wait $pid; echo "status $?"
            """)
    }

    @Test("A file that comes under an output's name during the run stays, and so do the results beside it", arguments: [
        ("cp a.jpg out.csv", "same out.csv", "same"), ("echo thesis > out.csv", "cat out.csv", "thesis"),
        ("mkdir out.csv", "ls -d out.csv", "out.csv"), ("ln -s a.jpg out.csv", "same out.csv", "same"),
    ])
    func arrivals(make: String, check: String, seen: String) throws {
        for option in ["--format csv -o", "--report"] {
            let outcome = try Self.duringRun("\(make); trap '\(check); grep -q espresso out.csv.*.partial && echo kept' EXIT", option: option)
            #expect(outcome.output == "status 2\n\(seen)\nkept\n")
            #expect(outcome.errors.contains("out.csv: another file took this name during the run, and stays; the results are in out.csv."))
        }
    }

    @Test("What an output found at its beginning, an empty file, and another run's output give way")
    func replaceableArrivals() throws {
        for make in [":", ": > out.csv", #""$XCEPTION" -k 1 --quiet -o out.csv a.jpg"#] {
            let outcome = try Self.duringRun("\(make); trap 'grep -c b.jpg out.csv; ls | grep -c partial' EXIT")
            #expect(outcome.output == "status 0\n1\n0\n")
        }
    }

    @Test("An earlier output that is written into during the run stays")
    func editedMeanwhile() throws {
        let outcome = try Self.run(
            """
            x -o out.csv a.jpg
            coproc X { exec "$XCEPTION" -k 1 --quiet -o out.csv --files-from -; }
            pid=$X_PID; echo b.jpg >&${X[1]}; until ls out.csv.*.partial 2> /dev/null | grep -q .; do sleep 0.02; done
            sed -i 's/$/,mine/' out.csv; exec {X[1]}>&-; wait $pid; echo "status $?"; grep -c mine out.csv
            """)
        #expect(outcome.output == "status 0\nstatus 2\n2\n")
    }

    @Test("An image that comes under the output's name, and then turns up in the input, ends the run")
    func arrivingInput() throws {
        let outcome = try Self.duringRun("cp a.jpg out.csv; trap 'same out.csv; ls | grep -c partial' EXIT", list: "out.csv\\n")
        #expect(outcome.output == "status 2\nsame\n0\n")
    }
}
