import ArgumentParser
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
              xception photo.jpg                     the five most probable labels
              xception classify -k 1 holiday/        a directory, searched recursively
              xception --json a.jpg b.png            JSON for scripts
              find . -name '*.jpg' -print0 | xception --files-from - --null --format jsonl
              curl -s URL | xception -               an image on standard input

            Exit status: 0 all images classified; 1 at least one image failed; 2 fatal error; 64 usage \
            error; 130 interrupted.
            """,
        version: ProgramVersion.description,
        subcommands: [ClassifyCommand.self, BenchCommand.self, ModelCommand.self, SummaryCommand.self],
        defaultSubcommand: ClassifyCommand.self)

    /// The one place where errors become a line on standard error and an exit status.
    static func main() {
        // A reader that goes away is a failed write, which is handled where it happens.
        signal(SIGPIPE, SIG_IGN)
        openStandardDescriptors()
        do {
            var command = try parseAsRoot(FilePath.arguments())
            try command.run()
        } catch let error as CommandError {
            if let message = error.message { StandardError.write(message) }
            exit(withError: ExitCode(error.status))
        } catch let error as ModelFileError {
            exit(error)
        } catch InferenceError.modelFile(let error) {
            exit(error)
        } catch InferenceError.outOfMemory {
            StandardError.write("there is not enough memory for the forward pass")
            exit(withError: ExitCode(2))
        } catch {
            exit(withError: error)
        }
    }

    private static func exit(_ error: ModelFileError) -> Never {
        StandardError.write([error.description, error.advice].compactMap(\.self).joined(separator: "; "))
        exit(withError: ExitCode(2))
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
