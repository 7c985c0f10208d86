import ArgumentParser
import ImageCodecs
import Xception

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Tells what is in images (the default subcommand).",
        discussion: """
            Images are JPEG or PNG, told by their content. They are turned upright as EXIF says, \
            transparency is composited on white, and they are squashed to the network's input size.

            Answers go to standard output, everything else to standard error.
            """)

    @Argument(help: ArgumentHelp(
        "Images, directories (searched recursively), or - for an image on standard input.", valueName: "path"))
    var paths: [String] = []

    @Option(help: ArgumentHelp("A file of paths, one a line; - for standard input.", valueName: "file"))
    var filesFrom: String?

    @Flag(help: "Paths in --files-from are separated by NUL.")
    var null = false

    @Option(name: [.customShort("k"), .long], help: ArgumentHelp("Answers for each image.", valueName: "n"))
    var top = 5

    @Option(help: "How answers are written: text, json, jsonl or csv.")
    var format: OutputFormat?

    @Flag(help: "The same as --format json.")
    var json = false

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("Write to a file, not to standard output.", valueName: "file"))
    var output: String?

    @OptionGroup var threads: ThreadOptions

    @Option(help: "How images are brought to the input size: squash or center-crop (default: the model's own).")
    var resize: ResizeMode?

    @Option(help: "Resampling: nearest, bilinear, bicubic or lanczos (default: the model's own).")
    var resample: ResampleFilter?

    @Flag(help: "Ignore the EXIF orientation.")
    var noOrient = false

    @OptionGroup var models: ModelOptions

    @Flag(help: "Stop at the first image that cannot be answered.")
    var failFast = false

    @Flag(help: "Say nothing of images that cannot be answered; the exit status does.")
    var quiet = false

    enum ResizeMode: String, ExpressibleByArgument, CaseIterable {
        case squash
        case centerCrop = "center-crop"
    }

    func validate() throws {
        guard !paths.isEmpty || filesFrom != nil else {
            throw ValidationError("Name an image, a directory, or - for an image on standard input.")
        }
        guard top >= 1 else { throw ValidationError("--top must be at least 1, not \(top).") }
        guard !json || format == nil || format == .json else {
            throw ValidationError("--json and --format \(format!.rawValue) contradict each other.")
        }
        guard !null || filesFrom != nil else { throw ValidationError("--null goes with --files-from.") }
        guard filesFrom != "-" || !paths.contains("-") else {
            throw ValidationError("Standard input can be a list of paths or an image, not both.")
        }
    }

    func run() {
        let classifier = orFail { () throws(ModelFileError) in try models.classifier() }
        let top = min(top, classifier.head.classes.count)
        let output = ResultOutput(format: resultFormat(classifier, top: top), destination: destination())
        let classification = ImageClassification(
            preprocessor: preprocessor(classifier),
            options: DecodeOptions(applyOrientation: !noOrient), top: top)
        let run = ClassificationRun(
            classifier: classifier, classification: classification, source: source(), threads: threads.count,
            stopsAtFailure: failFast, complains: !quiet, output: output)
        let summary = run(hasOneImage: hasOneImage)
        guard summary.images > 0 else {
            output.discard()
            fail("\(FilePath(argument: paths.first ?? filesFrom!).line): no images here; JPEG and PNG files are looked for")
        }
        output.finish(summary)
        if summary.failed == summary.images && summary.images == 1 && hasOneImage { Self.exit(withError: ExitCode(1)) }
        if summary.failed > 0 { Self.exit(withError: ExitCode(1)) }
    }

    /// Whether it is known beforehand that there is one image to answer, which every thread then
    /// works on.
    private var hasOneImage: Bool {
        paths.count == 1 && filesFrom == nil && FileStatus(FilePath(argument: paths[0]))?.isDirectory != true
    }

    private func source() -> any ImageSource {
        var sources: [any ImageSource] = []
        if let filesFrom {
            var descriptor = STDIN_FILENO
            if filesFrom != "-" {
                let path = FilePath(argument: filesFrom)
                descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
                guard descriptor >= 0 else { fail("\(path.line): \(ImageFailure(systemError: errno).message)") }
            }
            sources.append(ListSource(descriptor: descriptor, isNULSeparated: null))
        }
        sources.append(PathSource(paths.map(FilePath.init(argument:))))
        return ChainedSource(sources)
    }

    private func destination() -> OutputDestination {
        guard let output else { return OutputDestination() }
        return OutputDestination(file: FilePath(argument: output))
    }

    private func resultFormat(_ classifier: Classifier, top: Int) -> any ResultFormat {
        switch format ?? (json ? .json : .text) {
        case .text:
            TextFormat(
                columns: output == nil ? Console.columns(of: STDOUT_FILENO) ?? 80 : 80,
                hasColor: output == nil && Console.hasColor(STDOUT_FILENO), showsPaths: !hasOneImage)
        case .json: JSONFormat(model: ModelDescription(classifier, precision: models.precision))
        case .jsonl: JSONLinesFormat()
        case .csv: CSVFormat(top: top)
        }
    }

    private func preprocessor(_ classifier: Classifier) -> Preprocessor {
        var preprocessor = classifier.preprocessor
        if let resample { preprocessor.filter = resample }
        switch resize {
        case .squash?: preprocessor.resize = .squash
        // The field's custom: 7/8 of the shorter side are kept, as by timm at 299 of 333 or 342.
        case .centerCrop? where preprocessor.resize == .squash:
            preprocessor.resize = .centerCrop(shorterSide: preprocessor.size * 8 / 7)
        default: break
        }
        return preprocessor
    }
}

extension ResampleFilter: ExpressibleByArgument {}
