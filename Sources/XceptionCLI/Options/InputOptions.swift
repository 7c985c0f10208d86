import ArgumentParser
import Platform

/// The images to work on.
struct InputOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Images, directories (searched recursively), or - for an image on standard input.", valueName: "path"),
        completion: .file())
    var paths: [FilePath] = []

    @Option(
        help: ArgumentHelp("Read paths from a file, one per line; - for standard input.", valueName: "file"),
        completion: .file())
    var filesFrom: [FilePath] = []

    @Flag(name: [.customShort("0"), .long], help: "Separate paths by NUL, in --files-from and in the output of --list.")
    var null = false

    @Flag(help: ArgumentHelp(
        "Read images from standard input, each preceded by its length (32-bit little-endian), and write one line of "
            + "JSON per image."))
    var framed = false

    @Option(
        help: ArgumentHelp(
            "In directories, take only files whose name or path matches; may be repeated.", valueName: "glob"),
        transform: Glob.init)
    var include: [Glob] = []

    @Option(
        help: ArgumentHelp(
            "In directories, leave out files and directories that match; may be repeated.", valueName: "glob"),
        transform: Glob.init)
    var exclude: [Glob] = []

    @Flag(name: [.customLong("hidden")], help: "In directories, take hidden files and directories as well.")
    var includesHidden = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Levels of directories to search; 1 leaves out subdirectories.", valueName: "n"))
    var maxDepth: Int?

    @Flag(name: [.customShort("L"), .customLong("follow")], help: "Follow symbolic links to directories.")
    var followsLinks = false

    @Option(help: ArgumentHelp(
        "Read only files of these formats, separated by commas.", valueName: "list"))
    var formats = FormatList.all

    func validate() throws {
        guard filesFrom.count <= 1 else {
            throw ValidationError("--files-from reads one list; of several: cat LISTS | xception --files-from -")
        }
        if let maxDepth, maxDepth < 1 { throw ValidationError("--max-depth must be at least 1, not \(maxDepth).") }
        guard !framed || !namesPhotos else {
            throw ValidationError("--framed reads images from standard input; leave out paths and --files-from.")
        }
        guard filesFrom != [.standardInput] || !paths.contains(.standardInput) else {
            throw ValidationError("Standard input can be a list of paths or an image, not both.")
        }
    }

    /// True if paths are given, or a list of them.
    var namesPhotos: Bool { !paths.isEmpty || !filesFrom.isEmpty }

    /// Returns the input.
    ///
    /// - Parameter collection: the input if no path is given.
    /// - Throws: ``CommandError`` if there is no input. (Not in `validate()`: a misspelled option should be reported
    ///   first.)
    func inputs(orAllOf collection: SharedCollection? = nil) throws(CommandError) -> RunInput {
        if let collection, !framed, !namesPhotos {
            return RunInput(paths: [], list: nil, isNULSeparated: false, isFramed: false, collection: collection)
        }
        guard framed || namesPhotos else {
            let isPiped = isatty(STDIN_FILENO) == 0
            throw .usage(
                "no input: give images or directories, - for an image on standard input"
                    + (isPiped ? ", or --files-from - for a list of paths" : "") + "; see xception --help")
        }
        let search = DirectorySearch(
            followsLinks: followsLinks, includesHidden: includesHidden, maximumDepth: maxDepth, include: include,
            exclude: exclude,
            formats: formats.formats)
        return RunInput(paths: paths, search: search, list: filesFrom.first, isNULSeparated: null, isFramed: framed)
    }
}

extension InputOptions {
    /// Checks that images and output go together.
    func validate<Format>(with output: OutputOptions<Format>) throws {
        if framed {
            guard output.asked?.grows != false else {
                throw ValidationError("--framed writes JSON lines; leave out --format and --json.")
            }
            guard !output.resume else {
                throw ValidationError("--framed and --resume contradict each other: frames have no names.")
            }
        }
        guard !output.resume || !paths.contains(.standardInput) else {
            throw ValidationError("--resume and an image on standard input contradict each other: it has no name.")
        }
    }
}
