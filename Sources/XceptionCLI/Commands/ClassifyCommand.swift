import ArgumentParser
import Platform
import Xception

struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Tells what is in images (the default subcommand).",
        discussion: """
            Images are JPEG or PNG, recognised by content, not by file name. They are turned upright as \
            EXIF says, transparency is composited on white, and they are squashed to the network's input \
            size.

            Results go to standard output, everything else to standard error.
            """)

    @OptionGroup var input: InputOptions

    @Option(
        name: [.customShort("k", allowingJoined: true), .long], help: ArgumentHelp("Number of predictions per image.", valueName: "n"))
    var top = 5

    @OptionGroup var output: OutputOptions

    @Option(
        help: ArgumentHelp(
            "Also write an HTML page of this run's images with thumbnails, labels and search.", valueName: "file.html"),
        completion: .file())
    var report: String?

    @OptionGroup var preprocessing: PreprocessingOptions

    @OptionGroup var models: ModelOptions

    @OptionGroup var runOptions: RunOptions

    func validate() throws {
        guard top >= 1 else { throw ValidationError("--top must be at least 1, not \(top).") }
        if input.framed {
            guard outputFormat == .jsonl else { throw ValidationError("--framed writes JSON lines; leave out --format and --json.") }
            guard !output.resume else { throw ValidationError("--framed and --resume contradict each other: frames have no names.") }
        }
    }

    private var outputFormat: OutputFormat { output.format(or: input.framed ? .jsonl : .text) }

    func run() throws {
        returnLargeBuffersWhenFreed()
        let inputs = input.inputs
        let report = report.map(FilePath.init(argument:))
        let outputFiles = try output.check(report: report, against: inputs)
        let classifier = try models.classifier()
        let model = ModelDescription(classifier, precision: models.precision)
        let top = min(top, classifier.head.classes.count)
        let preprocessor = preprocessing.preprocessor(classifier.preprocessor)
        let task = ClassificationTask(
            decoding: preprocessing.decoding(for: preprocessor), preprocessor: preprocessor, top: top,
            thumbnailSize: report == nil ? nil : HTMLReport.thumbnailSize)
        let origin = RecordOrigin(
            model: model.id, settings: (["top \(top)"] + preprocessing.settings(preprocessor)).joined(separator: ", "))
        Cancellation.listen()
        let (destination, resumed) = try output.open(outputFormat, origin: origin)
        var sinks: [any RecordSink<Classification>] = [
            FormattedOutput(format(model, origin, top: top, isSingleImage: inputs.isSingleImage), to: destination)
        ]
        if let report { sinks.append(try HTMLReport(OutputDestination(replacing: report), model: model)) }
        try runOptions.run(
            task, over: inputs, on: classifier, to: sinks, leavingOut: resumed, forbidden: outputFiles)
    }

    private func format(
        _ model: ModelDescription, _ origin: RecordOrigin, top: Int, isSingleImage: Bool
    ) -> any RecordFormat<Classification> {
        switch outputFormat {
        case .text:
            TextFormat(
                columns: output.file == nil ? Terminal.columns(of: STDOUT_FILENO) ?? 80 : 80,
                hasColor: output.file == nil && Terminal.hasColor(STDOUT_FILENO), showsPaths: !isSingleImage)
        case .json: JSONFormat(schema: "xception.classify/1", model: model)
        case .jsonl: JSONLinesFormat(origin: origin)
        case .csv: CSVFormat(columns: Classification.csvColumns(top: top))
        }
    }
}
