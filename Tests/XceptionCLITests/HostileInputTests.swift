import Foundation
import ModelFiles
import Platform
import TestSupport
import Testing
import Xception

/// Malicious names, files and circumstances, and very rare ones.
@Suite(.serialized, .timeLimit(.minutes(10))) struct HostileInputTests {
    @Test("Closed standard descriptors do not become files: messages stay out of the output", arguments: ["jsonl", "csv"])
    func closedDescriptors(format: String) throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; echo x > broken.jpg; "$XCEPTION" --format FORMAT -k 1 -o out broken.jpg "$PHOTOS/coffee.jpg" 0<&- 1>&- 2>&-; echo $?
            grep -c broken.jpg out; grep -c xception: out
            "$XCEPTION" --report r.html --format FORMAT -k 1 "$PHOTOS/coffee.jpg" 0<&- 1>&-; tail -c 8 r.html
            """#.replacing("FORMAT", with: format), environment: ["FOLDER": folder.path])
        #expect(outcome.output == "1\n1\n0\n</html>\n")
    }

    @Test("A temporary file is not where somebody may have laid a link, and is as private as what it replaces")
    func temporaryFiles() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; echo precious > victim; : > out.json; chmod 600 out.json
            bash -c 'ln -s victim out.json.$$.partial; exec "$XCEPTION" --json -o out.json "$PHOTOS/coffee.jpg"'
            cat victim; stat -c %a out.json; find . -type l | wc -l; ln -s dangles-to link.json
            "$XCEPTION" --json -o link.json "$PHOTOS/coffee.jpg"; stat -c %F link.json dangles-to
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output == "precious\n600\n1\nsymbolic link\nregular file\n")
    }

    @Test("A run that is interrupted leaves an older output as it was, and its own results beside it", arguments: ["json", "csv", "report"])
    func interrupted(format: String) throws {
        let images = try InterruptionTests.manyImages()
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; options="OPTIONS out"; "$XCEPTION" $options "$PHOTOS/coffee.jpg" > log; cp out before
            env --default-signal=INT "$XCEPTION" -k 1 $options "$IMAGES" > log & while kill -0 $! && ! grep -qs chelsea\\\|1.png out.*.partial; do sleep 0.02; done
            kill -INT $!; wait $!; echo $?; cmp out before && ls | grep -c '^out\..*\.partial$'; grep -c '/1.png' out.*.partial
            """#.replacing("OPTIONS", with: format == "report" ? "--report" : "--format \(format) -o"),
            environment: ["FOLDER": folder.path, "IMAGES": images.path])
        #expect(outcome.output == "130\n1\n1\n")
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errors.contains("out: not replaced: the run did not finish; partial results are in "))
    }

    @Test("A reader that goes away does not cost the report")
    func reportWithoutReader() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; for n in 1 2 3 4 5 6; do echo "$PHOTOS/coffee.jpg"; done > list
            "$XCEPTION" --threads 1 --format jsonl -k 1000 --report r.html --files-from list | head -c 1 > /dev/null; echo "${PIPESTATUS[0]}"
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output == "0\n" && outcome.errors.isEmpty)
        #expect(try ReportTests.results(folder.path + "/r.html").count == 6)
    }

    @Test("--resume leaves a file alone that has no line end, and refuses lines of other settings")
    func resume() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; printf 'no line end' > notes; x() { "$XCEPTION" --format jsonl --resume -o "$@" "$PHOTOS/coffee.jpg"; echo $?; }
            x notes; cat notes; echo; x out -k 1; x out -k 2; x out -k 1 --resize center-crop; x out -k 1 --no-orient; x out -k 1; wc -l < out
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output == "2\nno line end\n0\n2\n2\n2\n0\n1\n")
        #expect(outcome.errorLines.count == 4)
        #expect(outcome.errorLines.dropFirst().allSatisfy { $0.contains("comes from another run (model ") })
    }

    @Test("A directory that cannot be searched is a failure, not an empty one", .enabled(if: OutputFileTests.hasOtherUser, "needs root, who can become another user"))
    func unsearchable() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; mkdir -p photos/listed; for n in a b; do cp "$PHOTOS/coffee.jpg" photos/listed/$n.jpg; done
            cp "$PHOTOS/coffee.jpg" photos; chmod 744 photos/listed; chmod 755 . photos
            setpriv --reuid 65534 --clear-groups "$XCEPTION" -k 1 --format csv photos | cut -d, -f1,4; echo $?
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output == "path,error\nphotos/coffee.jpg,\nphotos/listed,unreadable\n1\n")
        #expect(outcome.errors == "xception: photos/listed: cannot be read: Permission denied\n")
    }

    @Test("Paths longer than the system takes are failures")
    func longPaths() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; mkdir top; cd top; name=$(printf 'd%.0s' {1..250})
            for n in {1..18}; do mkdir $name; cd $name; done; cp "$PHOTOS/coffee.jpg" deep.jpg; cd "$FOLDER"
            cp "$PHOTOS/coffee.jpg" top/z.jpg; "$XCEPTION" -k 1 --format csv top | cut -d, -f4 | sort; echo "${PIPESTATUS[0]}"
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output == "\nerror\nunreadable\n1\n")
        #expect(outcome.errorLines.count == 1 && outcome.errors.contains("File name too long"))
        _ = try Program.shell(#"rm -rf "$FOLDER"/top"#, environment: ["FOLDER": folder.path])
    }

    @Test("A named pipe: not waited for in a list, read as an argument, and one signal ends the wait")
    func namedPipes() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; mkfifo pipe; echo pipe | "$XCEPTION" --files-from -; echo $?
            cat "$PHOTOS/coffee.jpg" > pipe & "$XCEPTION" -k 1 --format csv pipe | cut -d, -f1,5
            "$XCEPTION" -k 1 --format csv -o out pipe "$PHOTOS/coffee.jpg" & sleep 0.3; kill -TERM $!; wait $!; echo $?; ls
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output.hasPrefix("1\npath,label_1\npipe,espresso\n143\n"))
        #expect(!outcome.output.contains("partial"))
        #expect(outcome.errorLines.first == "xception: pipe: is a named pipe; name it as an argument, not in a list, to have it read")
        // Unless the second image was not answered yet.
        #expect(outcome.errorLines.dropFirst().allSatisfy { $0 == "xception: out: is incomplete, because the run was stopped" })
        #expect(outcome.errorLines.count <= 2)
    }

    @Test("Names and labels command no terminal, turn no text around and are no formula, in any format", arguments: ["text", "json", "jsonl", "csv"])
    func controlCharacters(format: String) throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; names=($'\e[31mred.jpg' $'\xc2\x9b31m.jpg' $'rtl\u202egpj.exe.jpg' '=1+1.jpg')
            for n in "${names[@]}"; do cp "$PHOTOS/coffee.jpg" "$n"; done; "$XCEPTION" --format FORMAT -k 1 -- "${names[@]}" missing$'\e'
            """#.replacing("FORMAT", with: format), environment: ["FOLDER": folder.path, "LC_ALL": "C.UTF-8"])
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("espresso"))
        for text in [outcome.output, outcome.errors] {
            #expect(!text.unicodeScalars.contains { ["\u{1B}", "\u{9B}", "\u{202E}"].contains($0) })
        }
        if format == "csv" { #expect(outcome.output.contains("\n./=1+1.jpg,600,400,")) }
        if format == "jsonl" { #expect(try InputTests.paths(outcome.output).first == "\u{1B}[31mred.jpg") }
    }

    @Test("An argument, a value and a variable command no terminal either", arguments: [
        (["--\u{1B}]0;PWNED\u{7}\u{1B}[31mred.jpg"], [:]), (["--format", "\u{9B}31m"], [:]), (["--head", "\u{202E}gpj", "a.jpg"], [:]),
        (["\u{1B}[31mno.jpg"], [:]), (["--include", "[\u{1B}[31m"], [:]), (["model", "\u{1B}[31m"], [:]),
        (["-k1", ClassifyTests.coffee], ["XCEPTION_ISA": "\u{1B}[31m\u{202E}"]), (["model"], ["XCEPTION_MODELS": "/\u{1B}[31m"]),
    ] as [([String], [String: String])])
    func arguments(arguments: [String], environment: [String: String]) throws {
        let outcome = try Program.run(arguments, environment: environment)
        #expect(outcome.status != 0 && outcome.errorLines.count == 1)
        for text in [outcome.output, outcome.errors] {
            #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.isControl })
        }
    }

    @Test("A stack that is too small for anything is not used", arguments: [32, 64])
    func stack(kibibytes: Int) throws {
        let outcome = try Program.shell(#"ulimit -s \#(kibibytes); "$XCEPTION" -k 1 "$PHOTOS/coffee.jpg" | cut -f 2"#)
        #expect(outcome.output == "espresso\n" && outcome.errors.isEmpty)
    }

    @Test("Labels and ids of a foreign head are no formula in CSV, and stay what they are in JSON")
    func formulas() throws {
        let folder = try TemporaryFolder()
        let head = try folder.write("head", Head.file(
            name: "small", classes: [ClassLabel(id: "@a", label: "=1+1"), ClassLabel(id: "-7", label: "-b")], activation: .sigmoid,
            layers: [Head.Dense(kernel: [Float](repeating: 0, count: 2 * 2048), bias: [1, 0])],
            backboneSHA256: Backbone(path: ShippedFiles.backbone).sha256).serialized())
        func output(_ format: String) throws -> String {
            try Program.run(["--head", head.text, "--format", format, InputTests.coffee]).output
        }
        let csv = try output("csv")
        #expect(csv.contains(",600,400,,'=1+1,'@a,0,") && csv.contains(",'-b,-7,1,"))
        let json = try output("jsonl")
        #expect(json.contains(#""id": "@a", "label": "=1+1""#) && json.contains(#""id": "-7", "label": "-b""#))
    }

    @Test("model info shows what a file says of itself, and commands no terminal")
    func modelInfo() throws {
        let folder = try TemporaryFolder()
        let evil = "\u{1B}]0;PWNED\u{7}evil"
        let head = try folder.write("head", smallHead(
            Backbone(path: ShippedFiles.backbone).sha256, [.source: evil, .license: evil, .sourceSHA256: evil]).serialized())
        let info = try Program.run(["model", "info", "--head", head.text])
        #expect(info.status == 0)
        #expect(info.output.split(separator: "\n").count { $0.hasSuffix("\u{FFFD}]0;PWNED\u{FFFD}evil") } == 3)
        #expect(info.output.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    }

    @Test("bench measures a head that names a layer twice")
    func repeatedLayer() throws {
        let folder = try TemporaryFolder()
        var head = try smallHead(
            Backbone(path: ShippedFiles.backbone).sha256, [.layers: #"["twice", "twice", "predictions"]"#, .inputSize: "71"])
        head.append("twice/kernel", .float16, shape: [2048, 2048], bytes: [UInt8](repeating: 0, count: 2 * 2048 * 2048))
        head.append("twice/bias", shape: [2048], [Float](repeating: 0, count: 2048))
        let file = try folder.write("head", head.serialized())
        let bench = try Program.run(["bench", "--layers", "--runs", "1", "--batch", "1", "--threads", "1", "--head", file.text])
        // On a busy machine it warns.
        #expect(bench.status == 0 && bench.errorLines.allSatisfy { $0.contains("other programs took processor time") })
        #expect(bench.output.split(separator: "\n").last?.hasPrefix("predictions ") == true)
    }

    @Test("An empty XCEPTION_ISA is none")
    func emptyVariable() throws {
        #expect(try Program.run(["model", "path"], environment: ["XCEPTION_ISA": ""]).status == 0)
    }
}
