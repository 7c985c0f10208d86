import ArgumentParser
import Images
import ModelFiles
import Platform
import Xception

@main
struct XceptionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "xception",
        abstract: "Tells what is in a photo.",
        discussion: """
            Classifies JPEG and PNG images with Xception (Chollet, 2017) on the CPU.

            Examples:
              xception photo.jpg             the five most probable labels
              xception -k 1 holiday/         a directory, one line per photo
              xception --json a.jpg b.png    JSON for scripts
              find . -name '*.jpg' -print0 | xception --files-from - --null --format jsonl
              curl -s URL | xception -       an image on standard input
              xception classify --help       all options for images

            Exit status:
              0    all images were classified, or whoever read the output closed it
              1    at least one image failed; the others were classified
              2    fatal error: no input, no model, or output that cannot be written
              64   usage error
              130  interrupted (143 by SIGTERM, 129 by SIGHUP); the output has what was
                   finished

            Environment:
              XCEPTION_MODELS  directory that is searched first for model files
              XCEPTION_ISA     highest instruction set to use: portable, avx2 or avx512
              NO_COLOR         no colours on a terminal
              COLUMNS          width of the terminal

            Shell completions: xception --generate-completion-script bash (or zsh, fish).
            """,
        // What the whole says may have to be measured.
        version: CommandLine.arguments.contains("--version") ? ProgramVersion.description : ProgramVersion.number,
        subcommands: [ClassifyCommand.self, EmbedCommand.self, LabelsCommand.self, BenchCommand.self, ModelCommand.self, SummaryCommand.self],
        defaultSubcommand: ClassifyCommand.self)

    /// The one place where errors become a line on standard error and an exit status.
    static func main() {
        // A reader that goes away is a failed write, which is handled where it happens.
        signal(SIGPIPE, SIG_IGN)
        // So is a file that has grown as large as the system lets it.
        signal(SIGXFSZ, SIG_IGN)
        openStandardDescriptors()
        do {
            let arguments = FilePath.arguments()
            if let script = CompletionScript(arguments) { return try StandardOutput.write(script.text(for: Self.self)) }
            try checkSubcommand(arguments)
            try run(arguments)
        } catch let error as CommandError {
            if let message = error.message { StandardError.write(message) }
            exit(withError: ExitCode(error.status))
        } catch let error as ModelFileError {
            exit(error)
        } catch InferenceError.modelFile(let error) {
            exit(error)
        } catch InferenceError.image(.outOfMemory), ImageError.outOfMemory {
            StandardError.write("there is not enough memory for the forward pass")
            exit(withError: ExitCode(2))
        } catch {
            exit(withError: error)
        }
    }

    private static func run(_ arguments: [String]) throws {
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch where exitCode(for: error).isSuccess {
            // What was asked for is help or the version.
            try StandardOutput.write(fullMessage(for: error) + "\n")
        }
    }

    private static func exit(_ error: ModelFileError) -> Never {
        StandardError.write([error.description, error.advice].compactMap(\.self).joined(separator: "; "))
        exit(withError: ExitCode(2))
    }

    /// Refuses a first word that is not a file but almost a subcommand: classifying it would only say
    /// that there is no such file.
    private static func checkSubcommand(_ arguments: [String]) throws(CommandError) {
        var names = ["help"]
        for command in configuration.subcommands { names.append(command.configuration.commandName ?? "") }
        var words = arguments[...]
        let asksForHelp = words.first == "help" && words.count > 1
        if asksForHelp { words.removeFirst() }
        guard let word = words.first, !word.hasPrefix("-"), !names.contains(word) else { return }
        guard asksForHelp || FileStatus(FilePath(argument: word)) == nil else { return }
        if word == "version" { throw CommandError.usage("there is no file '\(word)'; did you mean '--version'?") }
        var similar: (name: String, distance: Int)?
        for name in names {
            let distance = name.distance(to: word)
            if distance <= 2, distance < similar?.distance ?? 3 { similar = (name, distance) }
        }
        if let similar {
            throw CommandError.usage("there is neither a file nor a subcommand '\(word.printable)'; did you mean '\(similar.name)'?")
        }
        if asksForHelp {
            throw CommandError.usage("there is no subcommand '\(word.printable)'; there are \(names.dropFirst().joined(separator: ", "))")
        }
    }

    /// Opens /dev/null on those of the descriptors 0, 1 and 2 that are closed: a file opened later
    /// would otherwise get one of these numbers, and what is meant for standard error with it.
    private static func openStandardDescriptors() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY)
        }
    }
}

extension ModelFileError {
    /// What this program's user can do about it, where the library cannot know.
    fileprivate var advice: String? {
        switch self {
        case .notFound: "name one with --model or --head, or the directory in XCEPTION_MODELS"
        case .notSafetensors: "convert weights with xception-convert"
        case .missingTensor: "convert the weights again with xception-convert"
        default: nil
        }
    }
}

extension String {
    /// How many letters have to be inserted, removed or replaced to make `other` (Levenshtein).
    fileprivate func distance(to other: String) -> Int {
        var row = Array(0...other.count)
        for (i, letter) in enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, otherLetter) in other.enumerated() {
                (diagonal, row[j + 1]) = (
                    row[j + 1], Swift.min(row[j] + 1, row[j + 1] + 1, diagonal + (letter == otherLetter ? 0 : 1))
                )
            }
        }
        return row[other.count]
    }
}
