import ArgumentParser
import Platform

/// Which images to work on.
struct InputOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("Images, directories (searched recursively), or - for an image on standard input.", valueName: "path"),
        completion: .file())
    var paths: [String] = []

    @Option(
        help: ArgumentHelp("Read paths from a file, one per line; - for standard input.", valueName: "file"), completion: .file())
    var filesFrom: String?

    @Flag(name: [.customShort("0"), .long], help: "Paths in --files-from are separated by NUL.")
    var null = false

    @Flag(help: ArgumentHelp(
        "Standard input is a sequence of images, each a 32-bit little-endian length and that many bytes; one line of JSON is "
            + "written for each."))
    var framed = false

    func validate() throws {
        guard !framed else {
            guard paths.isEmpty, filesFrom == nil else {
                throw ValidationError("--framed reads images from standard input; leave out paths and --files-from.")
            }
            return
        }
        guard !paths.isEmpty || filesFrom != nil else {
            throw ValidationError("Name an image, a directory, or - for an image on standard input.")
        }
        guard !null || filesFrom != nil else { throw ValidationError("--null goes with --files-from.") }
        guard filesFrom != "-" || !paths.contains("-") else {
            throw ValidationError("Standard input can be a list of paths or an image, not both.")
        }
    }

    var inputs: ImageInputs {
        ImageInputs(
            paths: paths.map(FilePath.init(argument:)), list: filesFrom.map(FilePath.init(argument:)), isNULSeparated: null,
            isFramed: framed)
    }
}
