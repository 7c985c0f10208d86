import ArgumentParser
import Dispatch
import ImageCodecs
import Platform
import Xception

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

    @Option(name: [.customShort("k", allowingJoined: true), .long], help: ArgumentHelp("Answers for each image.", valueName: "n"))
    var top = 5

    @Option(help: "How answers are written: text, json, jsonl or csv.")
    var format: OutputFormat?

    @Flag(help: "The same as --format json.")
    var json = false

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: ArgumentHelp(
            "Write to a file, which is replaced once the new one is whole; jsonl grows line by line.", valueName: "file"))
    var output: String?

    @Flag(help: "Let -o and --report replace a file that is no earlier output of this program; never an input.")
    var force = false

    @Flag(help: "With -o and jsonl: go on behind what the file already answers, failures included.")
    var resume = false

    @Option(help: ArgumentHelp("Also write a page to look at: this run's images with thumbnails, labels, search.", valueName: "file.html"))
    var report: String?

    @OptionGroup var threads: ThreadOptions

    @Option(help: "How images are brought to the input size: squash or center-crop (default: the model's own).")
    var resize: ResizeMode?

    @Option(help: "Resampling: nearest, bilinear, bicubic or lanczos (default: the model's own).")
    var resample: ResampleFilter?

    @Flag(help: "Ignore the EXIF orientation.")
    var noOrient = false

    @Flag(help: "Decode large JPEGs at full size, not at a fraction that is still twice the input size or more.")
    var exactDecode = false

    @OptionGroup var models: ModelOptions

    @Flag(help: "Stop at the first image that cannot be answered.")
    var failFast = false

    @Flag(help: "Show no progress bar.")
    var noProgress = false

    @Flag(help: "Write nothing to standard error: the exit status tells of images that cannot be answered.")
    var quiet = false

    @Flag(help: "Name the files of directories that are passed over.")
    var verbose = false

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
        guard !resume || output != nil && outputFormat == .jsonl else {
            throw ValidationError("--resume goes with --output and --format jsonl.")
        }
        guard !quiet || !verbose else { throw ValidationError("--quiet and --verbose contradict each other.") }
        guard filesFrom != "-" || !paths.contains("-") else {
            throw ValidationError("Standard input can be a list of paths or an image, not both.")
        }
    }

    private var outputFormat: OutputFormat { format ?? (json ? .json : .text) }

    func run() {
        returnLargeBuffersWhenFreed()
        let outputs = outputFiles()
        let classifier = orFail { () throws(ModelFileError) in try models.classifier() }
        let top = min(top, classifier.head.classes.count)
        let preprocessor = preprocessor(classifier)
        let classification = ImageClassification(
            preprocessor: preprocessor,
            options: DecodeOptions(applyOrientation: !noOrient, minimumScaledSide: exactDecode ? nil : 2 * preprocessor.shorterSide),
            top: top, makesThumbnails: report != nil)
        let answered = resume ? AnsweredPaths(file: FilePath(argument: output!)) : AnsweredPaths()
        let showsProgress = !hasOneImage && !noProgress && !quiet && isatty(STDERR_FILENO) == 1
        let progressBar = showsProgress ? ProgressBar() : nil
        let output = ResultOutput(
            format: resultFormat(classifier, top: top), destination: destination(keeping: answered.length),
            report: report.map { HTMLReport(file: FilePath(argument: $0), model: ModelDescription(classifier, precision: models.precision)) },
            progressBar: progressBar, stopsAtFailure: failFast, complains: !quiet, namesPassedOver: verbose)
        let run = ClassificationRun(
            classifier: classifier, classification: classification, source: source(didPassOver: output.addPassedOver),
            answered: answered, threads: threads.count, stopsAtFailure: failFast, output: output, outputs: outputs)
        Interruption.listen()
        if let progressBar { count(for: progressBar) }
        let summary = run(hasOneImage: hasOneImage)
        let signal = Interruption.signal
        if !quiet, !hasOneImage, isatty(STDERR_FILENO) == 1, signal != nil || summary.images + summary.resumed > 0 {
            let line = "xception: " + (signal == nil ? "" : "interrupted: ") + summary.line
            Console.write(TerminalText.wrapped(line, to: Console.columns(of: STDERR_FILENO) ?? 80) + "\n", to: STDERR_FILENO)
        }
        if let signal { Self.exit(withError: ExitCode(128 + signal)) }
        guard summary.images + summary.resumed > 0 else {
            fail("\(FilePath(argument: paths.first ?? filesFrom!).line): no images here; JPEG and PNG files are looked for")
        }
        if summary.failed + summary.resumedFailures > 0 { Self.exit(withError: ExitCode(1)) }
    }

    /// The existing files that outputs are written to. Ends the program if one of them must not be replaced.
    private func outputFiles() -> Set<FileIdentity> {
        var named = paths.filter { $0 != "-" }
        if let filesFrom, filesFrom != "-" { named.append(filesFrom) }
        var inputs = Set(named.compactMap { FileStatus(FilePath(argument: $0))?.identity })
        if named.count < paths.count + (filesFrom == nil ? 0 : 1), let input = FileStatus(descriptor: STDIN_FILENO) {
            inputs.insert(input.identity)
        }
        let check = OverwriteCheck(inputs: inputs, searched: paths.filter { $0 != "-" }.map(FilePath.init(argument:)), force: force)
        let outputs = [output, report].compactMap { $0.map(FilePath.init(argument:)) }
        do {
            for file in outputs { try check.check(file, resumes: resume && file == outputs[0]) }
        } catch {
            fail(error.message, status: error.status)
        }
        let identities = outputs.compactMap { FileStatus($0) }.filter(\.isRegular).map(\.identity)
        if outputs.count == 2, outputs[0].namesSameFile(as: outputs[1]) {
            fail("--report and --output name the same file", status: EX_USAGE)
        }
        return Set(identities)
    }

    /// Counts the images on a thread of its own, as far as that can be done without taking them.
    private func count(for progressBar: ProgressBar) {
        let lists = filesFrom.map { name in
            name == "-" || FileStatus(FilePath(argument: name))?.isRegular != true
        }
        guard lists != true else { return }
        let counted = source { _, _ in }
        nonisolated(unsafe) let source = counted
        nonisolated(unsafe) let bar = progressBar
        DispatchQueue.global(qos: .utility).async {
            var count = 0
            while source.next() != nil { count += 1 }
            bar.setTotal(count)
        }
    }

    /// Whether it is known beforehand that there is one image to answer, which every thread then
    /// works on.
    private var hasOneImage: Bool {
        paths.count == 1 && filesFrom == nil && FileStatus(FilePath(argument: paths[0]))?.isDirectory != true
    }

    private func source(didPassOver: @escaping (PassedOver, FilePath) -> Void) -> any ImageSource {
        var sources: [any ImageSource] = []
        if let filesFrom {
            var descriptor = STDIN_FILENO
            if filesFrom != "-" {
                let path = FilePath(argument: filesFrom)
                descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
                guard descriptor >= 0 else { fail("\(path.line): \(ImageFailure(systemError: errno).message)") }
            }
            sources.append(ListSource(name: FilePath(argument: filesFrom), descriptor: descriptor, isNULSeparated: null))
        }
        sources.append(PathSource(paths.map(FilePath.init(argument:)), didPassOver: didPassOver))
        return ChainedSource(sources)
    }

    /// - Parameter length: what stays of a file that grows.
    private func destination(keeping length: Int) -> OutputDestination {
        guard let output else { return OutputDestination() }
        let file = FilePath(argument: output)
        return outputFormat == .jsonl ? OutputDestination(growing: file, from: length) : OutputDestination(replacing: file)
    }

    private func resultFormat(_ classifier: Classifier, top: Int) -> any ResultFormat {
        switch outputFormat {
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

extension Preprocessor {
    /// What an image's shorter side is brought to.
    fileprivate var shorterSide: Int {
        switch resize {
        case .squash: size
        case .centerCrop(let shorterSide): shorterSide
        }
    }
}
