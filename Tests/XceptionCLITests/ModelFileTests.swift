import Foundation
import TestSupport
import Testing

/// Messages on model files.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ModelFileTests {
    @Test("A model whose path is not UTF-8 is found")
    func path() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; ln -s "$MODELS/imagenet.head.safetensors" $'caf\xe9.head.safetensors'
            ln -s "$MODELS/xception-backbone.safetensors" $'caf\xe9.model'
            "$XCEPTION" -k 1 --model $'caf\xe9.model' --head $'caf\xe9.head.safetensors' "$PHOTOS/chelsea.png"
            "$XCEPTION" --head $'./caf\xe8' "$PHOTOS/chelsea.png"
            """#, environment: ["FOLDER": folder.path, "MODELS": Repository.path("Models")])
        #expect(outcome.output.contains("Egyptian cat"))
        #expect(outcome.status == 2)
        #expect(outcome.errors == "xception: ./caf\u{FFFD}: cannot be read: No such file or directory\n")
    }

    @Test("A model file that is cut off, or written to, during a run ends it with one line; what was answered stays",
          arguments: ["truncate -s 1000000 model", "dd if=/dev/zero of=model bs=1M seek=20 count=1 conv=notrunc status=none"])
    func changes(command: String) throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; cp "$MODELS/xception-backbone.safetensors" model; touch -d @0 model; mkfifo paths
            "$XCEPTION" --threads 1 --model model --head "$MODELS/imagenet.head.safetensors" -k 1 --format jsonl --files-from paths | {
              exec 3> paths; echo "$PHOTOS/chelsea.png" >&3; read -r line; echo "$line"
              eval "$COMMAND"; echo "$PHOTOS/coffee.jpg" >&3; cat
            }
            """#, environment: ["FOLDER": folder.path, "MODELS": Repository.path("Models"), "COMMAND": command])
        #expect(outcome.status == 2)
        #expect(outcome.errors == "xception: model: changed while it was in use; run again when it is complete\n")
        #expect(outcome.output.contains("Egyptian cat") && outcome.output.split(separator: "\n").count == 1)
    }

    @Test("A write is noticed whose date is put back; a new name or mode is none")
    func touched() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; cp "$MODELS/xception-backbone.safetensors" model; touch -d @0 model; mkfifo paths
            "$XCEPTION" --threads 1 --model model --head "$MODELS/imagenet.head.safetensors" -k 1 --files-from paths | {
              exec 3> paths; echo "$PHOTOS/chelsea.png" >&3; read -r line; echo "$line"
              ln model other; chmod 600 model; echo "$PHOTOS/coffee.jpg" >&3; read -r line; echo "$line"
              dd if=/dev/zero of=model bs=1M seek=20 count=1 conv=notrunc status=none; touch -d @0 model
              echo "$PHOTOS/coffee.jpg" >&3; cat
            }
            """#, environment: ["FOLDER": folder.path, "MODELS": Repository.path("Models")])
        #expect(outcome.status == 2)
        #expect(outcome.errors == "xception: model: changed while it was in use; run again when it is complete\n")
        #expect(outcome.output.split(separator: "\n").map { $0.split(separator: "\t")[1] } == ["Egyptian cat", "espresso"])
    }

    @Test("A directory in XCEPTION_MODELS is one, and a single head in it is used")
    func modelsDirectory() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; mkdir one two; cp "$MODELS/imagenet.head.safetensors" one/mine.head.safetensors
            cp one/mine.head.safetensors two; cp two/mine.head.safetensors two/other.head.safetensors
            for d in one two; do XCEPTION_MODELS=$d "$XCEPTION" model path | tail -n 1 | sed "s|$MODELS|M|"; done
            XCEPTION_MODELS=/does/not/exist "$XCEPTION" -k 1 "$PHOTOS/coffee.jpg"; echo $?
            XCEPTION_MODELS=two "$XCEPTION" --head othr -k 1 "$PHOTOS/coffee.jpg"; echo $?
            """#, environment: ["FOLDER": folder.path, "MODELS": Repository.path("Models")])
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.first == "one/mine.head.safetensors" && lines.suffix(2) == ["2", "2"])
        #expect(lines.count == 4 && lines[1].hasSuffix("/imagenet.head.safetensors"))
        #expect(outcome.errorLines.first == "xception: $XCEPTION_MODELS: /does/not/exist is not a directory")
        #expect(outcome.errors.contains("; there are two/mine.head.safetensors, two/other.head.safetensors"))
    }

    @Test("What is wrong with a model file comes with what this program offers against it")
    func advice() throws {
        let folder = try TemporaryFolder()
        let none = try Program.run(["--head", "nothing", "x.jpg"])
        #expect(none.status == 2 && none.errors.hasSuffix("; name one with --model or --head, or the directory in XCEPTION_MODELS\n"))
        let text = URL(filePath: folder.path).appending(path: "text")
        try Data("A text, by no means a model.".utf8).write(to: text)
        let wrong = try Program.run(["--head", text.path, "x.jpg"])
        #expect(wrong.status == 2 && wrong.errors.hasSuffix("; convert weights with xception-convert\n"))
    }
}
