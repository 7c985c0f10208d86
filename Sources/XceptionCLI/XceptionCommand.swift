import ArgumentParser
import Images
import Kernels
import ModelFiles
import Platform
import Xception

@main
struct XceptionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "xception",
        abstract: "Name what is in photos.",
        usage: """
            xception [<options>] <path> ...
            xception <subcommand> [<options>] ...
            """,
        discussion: """
            Classifies photos with Xception (Chollet, 2017) on the CPU.

            Examples:
              xception photo.jpg          the five most probable labels
              xception -k 1 holiday/      a directory, one line per photo
              xception --json a.jpg b.png
                                          JSON for scripts
              xception -o labels.csv holiday/
                                          the format follows from the name
              curl -s URL | xception -    an image on standard input
              xception classify --help    all options for images

            Exit status:
              0    success, or the reader of the output closed the pipe
              1    at least one image failed; the others were processed.
                   With --list also: no image was listed
              2    fatal error: no input, no model, or output that cannot be written
              64   usage error
              130  interrupted (143 by SIGTERM, 129 by SIGHUP); the output holds what
                   was finished

            Environment:
              XCEPTION_MODELS  directory that is searched first for model files
              XCEPTION_ISA     highest instruction set to use: portable, avx2, avx512
              NO_COLOR         no colours on a terminal
              COLUMNS          width of the terminal

            Shell completions: xception --generate-completion-script bash (zsh, fish)
            """,
        // The full version line measures the processor: it is built only if asked for.
        version: CommandLine.arguments.contains("--version") ? ProgramVersion.description : ProgramVersion.number,
        // Commands are grouped by purpose.
        groupedSubcommands: [
            CommandGroup(name: "Ask", subcommands: [ClassifyCommand.self, LabelsCommand.self]),
            CommandGroup(name: "Search", subcommands: [
                SimilarCommand.self, DuplicatesCommand.self, IndexCommand.self, EmbedCommand.self,
            ]),
            CommandGroup(name: "Train", subcommands: [TrainCommand.self, EvaluateCommand.self, ExplainCommand.self]),
            CommandGroup(name: "Maintain", subcommands: [ModelCommand.self, BenchCommand.self, SummaryCommand.self]),
        ],
        defaultSubcommand: ClassifyCommand.self)

    /// The least stack that the program can run on.
    private static let smallestStack = 1 << 20

    static func main() {
        AddressSpace.shareHeapIfLimited()
        if let limit = ResourceLimit.stack.bytes, limit < smallestStack,
            let thread = startThread(stackSize: 8 * smallestStack, { mainOnLargeStack() })
        {
            pthread_join(thread, nil)
        }
        mainOnLargeStack()
    }

    /// The only place where errors become a line on standard error and an exit status.
    private static func mainOnLargeStack() -> Never {
        // write() then returns EPIPE and EFBIG.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        Cancellation.restoreQuitSignal()
        openStandardDescriptors()
        let arguments = FilePath.arguments()
        do {
            if let script = CompletionScript(arguments) {
                try StandardOutput.write(script.text(for: Self.self))
            } else {
                try UsageErrors.checkSubcommand(arguments, of: Self.self)
                try run(arguments)
            }
            exit()
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
            StandardError.write(UsageErrors.message(for: error, arguments, of: Self.self))
            exit(withError: exitCode(for: error))
        }
    }

    private static func run(_ arguments: [String]) throws {
        do {
            var command = try parseAsRoot(arguments)
            try checkInstructionSet()
            try command.run()
        } catch where exitCode(for: error).isSuccess {
            // The user asked for help or the version.
            try StandardOutput.write(fullMessage(for: error) + "\n")
        }
    }

    private static func checkInstructionSet() throws(CommandError) {
        guard let request = InstructionSet.request, !request.isEmpty, InstructionSet(rawValue: request) == nil else {
            return
        }
        let sets = InstructionSet.allCases.map(\.rawValue).joined(separator: ", ")
        throw .usage("the environment variable XCEPTION_ISA must be one of \(sets), not '\(request)'")
    }

    private static func exit(_ error: ModelFileError) -> Never {
        StandardError.write([error.description, error.advice].compactMap(\.self).joined(separator: "; "))
        exit(withError: ExitCode(2))
    }

    /// Opens /dev/null on those of the descriptors 0, 1 and 2 that are closed. Otherwise a file opened later could get
    /// one of these numbers, and with it the text for standard error.
    private static func openStandardDescriptors() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY)
        }
    }
}

extension ModelFileError {
    /// The user's remedy, which the library cannot know.
    fileprivate var advice: String? {
        switch self {
        case .notFound: "name one with --model or --head, or the directory in XCEPTION_MODELS"
        case .notSafetensors: "convert weights with xception-convert"
        case .missingTensor: "convert the weights again with xception-convert"
        default: nil
        }
    }
}
