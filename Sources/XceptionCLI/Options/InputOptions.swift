import ArgumentParser
import Platform

/// Which images to work on.
struct InputOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("Images, directories (searched recursively), or - for an image on standard input.", valueName: "path"),
        completion: .file())
    var paths: [FilePath] = []

    @Option(
        help: ArgumentHelp("Read paths from a file, one per line; - for standard input.", valueName: "file"), completion: .file())
    var filesFrom: [FilePath] = []

    @Flag(name: [.customShort("0"), .long], help: "Paths are separated by NUL, in --files-from and in what --list writes.")
    var null = false

    @Flag(help: ArgumentHelp(
        "Standard input is a sequence of images, each a 32-bit little-endian length and that many bytes; a line of JSON is "
            + "written for each."))
    var framed = false

    func validate() throws {
        guard filesFrom.count <= 1 else {
            throw ValidationError("--files-from reads one list; of several: cat LISTS | xception --files-from -")
        }
        guard !framed || paths.isEmpty && filesFrom.isEmpty else {
            throw ValidationError("--framed reads images from standard input; leave out paths and --files-from.")
        }
        guard filesFrom != [.standardInput] || !paths.contains(.standardInput) else {
            throw ValidationError("Standard input can be a list of paths or an image, not both.")
        }
    }

    /// - Throws: ``CommandError`` if nothing is named. (Not when options are validated: an option that is
    ///   misspelled should be told first.)
    func inputs() throws(CommandError) -> ImageInputs {
        guard framed || !paths.isEmpty || !filesFrom.isEmpty else {
            let isPiped = isatty(STDIN_FILENO) == 0
            throw .usage(
                "name an image or a directory; - is an image on standard input"
                    + (isPiped ? ", --files-from - a list of paths there" : "") + " (--help tells more)")
        }
        return ImageInputs(paths: paths, list: filesFrom.first, isNULSeparated: null, isFramed: framed)
    }
}

extension InputOptions {
    /// Checks that images and output go together.
    func validate<Format>(with output: OutputOptions<Format>) throws {
        if framed {
            guard output.asked?.grows != false else { throw ValidationError("--framed writes JSON lines; leave out --format and --json.") }
            guard !output.resume else { throw ValidationError("--framed and --resume contradict each other: frames have no names.") }
        }
        guard !output.resume || !paths.contains(.standardInput) else {
            throw ValidationError("--resume and an image on standard input contradict each other: it has no name.")
        }
    }
}
