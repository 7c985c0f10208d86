import Foundation
import TestSupport
import Testing

private func isInstalled(_ shell: String) -> Bool { (try? Program.shell("command -v \(shell)").status) == 0 }

/// Completions of Tab, as given by the shell itself.
@Suite(.serialized, .timeLimit(.minutes(10))) struct CompletionTests {
    struct Question: CustomStringConvertible, Sendable {
        let line: String
        /// Among what is offered.
        let expected: [String]
        /// Not among it.
        var unexpected: [String] = []

        var description: String { line }
    }

    static let questions = [
        Question(line: "xception ph", expected: ["photos"], unexpected: ["classify"]),
        Question(line: "xception photos/ch", expected: ["photos/chelsea.png"]),
        Question(line: "xception classify photos/ch", expected: ["photos/chelsea.png"]),
        Question(line: "xception --js", expected: ["--json"]),
        Question(line: "xception classify --js", expected: ["--json"]),
        Question(line: "xception -k 1 photos/ch", expected: ["photos/chelsea.png"]),
        Question(line: "xception --json photos/ch", expected: ["photos/chelsea.png"]),
        Question(line: "xception --format ", expected: ["text", "json", "jsonl", "csv"], unexpected: ["classify", "photos"]),
        Question(line: "xception --resize c", expected: ["center-crop"]),
        Question(line: "xception classify --head photos/ch", expected: ["photos/chelsea.png"]),
        Question(line: "xception --head imagen", expected: ["imagenet"]),
        Question(line: "xception bench --model mobilen", expected: ["mobilenet"]),
        Question(line: "xception -o photos/ch", expected: ["photos/chelsea.png"]),
        Question(line: "xception be", expected: ["bench"], unexpected: ["photos"]),
        Question(line: "xception bench --la", expected: ["--layers"], unexpected: ["--json"]),
        Question(line: "xception model i", expected: ["info"], unexpected: ["photos"]),
    ]

    /// A folder with `photos/`, and the script of a shell.
    private static func folder(_ shell: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let script = try Program.run(["--generate-completion-script", shell])
        #expect(script.status == 0)
        try Data(script.output.utf8).write(to: URL(filePath: folder.path + "/_xception"))
        try FileManager.default.createDirectory(atPath: folder.path + "/photos", withIntermediateDirectories: true)
        for name in ["chelsea.png", "other.jpg"] { try Data().write(to: URL(filePath: folder.path + "/photos/" + name)) }
        return folder
    }

    /// Completions of names ask the program itself.
    private static func environment(_ folder: TemporaryFolder, _ line: String) -> [String: String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return [
            "FOLDER": folder.path, "LINE": line,
            "PATH": Program.executable.deletingLastPathComponent().path + ":" + path,
        ]
    }

    private static func check(_ question: Question, _ offered: [String]) {
        for word in question.expected { #expect(offered.contains(word), "\(question.line): \(offered)") }
        for word in question.unexpected { #expect(!offered.contains(word), "\(question.line): \(offered)") }
    }

    @Test("bash")
    func bash() throws {
        let folder = try Self.folder("bash")
        for question in Self.questions {
            let outcome = try Program.shell(
                #"""
                set +o pipefail; cd "$FOLDER"; source ./_xception; set -- $LINE; COMP_WORDS=("$@"); [[ $LINE == *' ' ]] && COMP_WORDS+=('')
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE=$LINE; COMP_POINT=${#LINE}
                function=$(complete -p xception | sed 's/.*-F \([^ ]*\) .*/\1/')
                $function xception "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"; printf '%s\n' "${COMPREPLY[@]}"
                """#, environment: Self.environment(folder, question.line))
            #expect(outcome.errors.isEmpty)
            Self.check(question, outcome.output.split(separator: "\n").map(String.init))
        }
    }

    @Test("fish", .enabled(if: isInstalled("fish"), "fish is not installed"))
    func fish() throws {
        let folder = try Self.folder("fish")
        for question in Self.questions {
            let outcome = try Program.shell(
                #"cd "$FOLDER"; HOME=$FOLDER fish --no-config -c 'source ./_xception; complete -C "$LINE"'"#,
                environment: Self.environment(folder, question.line))
            #expect(outcome.errors.isEmpty)
            let offered = outcome.output.split(separator: "\n").map {
                let word = String($0.split(separator: "\t")[0])
                return word.hasSuffix("/") ? String(word.dropLast()) : word
            }
            Self.check(question, offered)
        }
    }

    /// The completed line: zsh completes as far as there is one answer.
    @Test("zsh", .enabled(if: isInstalled("zsh"), "zsh is not installed"), arguments: [
        ("xception ph", "xception photos/"), ("xception photos/ch", "xception photos/chelsea.png"),
        ("xception classify photos/ch", "xception classify photos/chelsea.png"), ("xception --js", "xception --json"),
        ("xception -k 1 photos/ch", "xception -k 1 photos/chelsea.png"), ("xception --format cs", "xception --format csv"),
        ("xception --resize c", "xception --resize center-crop"), ("xception -o photos/ch", "xception -o photos/chelsea.png"),
        ("xception classify --head photos/ch", "xception classify --head photos/chelsea.png"),
        ("xception --head imagen", "xception --head imagenet"),
        ("xception bench --model mobilen", "xception bench --model mobilenet"),
        ("xception be", "xception bench"), ("xception bench --la", "xception bench --layers"), ("xception model i", "xception model info"),
    ])
    func zsh(line: String, completed: String) throws {
        let folder = try Self.folder("zsh")
        // A shell in a terminal of its own completes the line, and then writes it to a file.
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; HOME=$FOLDER ZDOTDIR=$FOLDER zsh -f -c '
              zmodload zsh/zpty; zpty shell zsh -f -i
              zpty -w shell "PROMPT= fpath=($FOLDER \$fpath); autoload -U compinit; compinit -u -D; cd $FOLDER; tell() print -r -- \"\$BUFFER\" > told; zle -N tell; bindkey ^X tell; : > ready"
              wait_for() { integer n; while [[ ! -e $1 ]] && (( n++ < 600 )); do sleep 0.05; zpty -rt shell log; done }
              wait_for ready; zpty -w -n shell "$LINE"$'"'\t\x18'"'; wait_for told; sleep 0.05; cat told'
            """#, environment: Self.environment(folder, line))
        #expect(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines) == completed)
    }

    @Test("The scripts know every option", arguments: ["bash", "zsh", "fish"])
    func options(shell: String) throws {
        let script = try Program.run(["--generate-completion-script", shell]).output
        let help = try Program.run(["classify", "--help"]).output
        let options = help.matches(of: /(?m)^ {2}(?:-\w, )?--([a-z-]+)/).map { String($0.1) }
        #expect(options.count > 20)
        for option in options { #expect(script.contains(shell == "fish" ? "'\(option)'" : "--\(option)"), "\(option)") }
    }
}
