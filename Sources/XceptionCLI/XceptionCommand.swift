import ArgumentParser
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

            Exit status: 0 all answered; 1 an image failed, the others are answered; 2 nothing \
            could be done; 64 usage; 130 interrupted.
            """,
        version: ProgramVersion.description,
        subcommands: [ClassifyCommand.self, BenchCommand.self, ModelCommand.self, SummaryCommand.self],
        defaultSubcommand: ClassifyCommand.self)

    static func main() {
        // A reader that goes away is a failed write, which says so where it can be handled.
        signal(SIGPIPE, SIG_IGN)
        main(FilePath.arguments())
    }
}

/// Ends the program after one line on standard error.
///
/// - Parameter status: 2, nothing could be done, unless told otherwise.
func fail(_ message: String, status: Int32 = 2) -> Never {
    OutputDestination.discardUnfinished()
    Console.complain(message)
    exit(status)
}

/// Runs `body`; what goes wrong with a model file ends the program.
func orFail<Value>(_ body: () throws(ModelFileError) -> Value) -> Value {
    do {
        return try body()
    } catch {
        fail(error.description)
    }
}
