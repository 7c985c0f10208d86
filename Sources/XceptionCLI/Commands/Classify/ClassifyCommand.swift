import ArgumentParser
import Platform
import Xception

struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Classifies images (the default subcommand).",
        discussion: """
            Images are JPEG or PNG, recognised by content, not by file name. They are turned upright as \
            EXIF or XMP says, transparency is composited on white, and they are squashed to the network's \
            input size.

            Directories are searched for regular files; links in them are followed, hidden files and directories left out. \
            A named pipe or a device is read where it is named as an argument, to its end, before what comes after it \
            is answered.

            Results go to standard output, everything else to standard error. Text is a table on a terminal, \
            and a line for each image with tabs between path, label and probability elsewhere.

            Examples:
              xception photo.jpg                        the five most probable labels
              xception -k 1 --min 0.5 photos/           one line for each photo
              xception -o labels.csv photos/            the format follows from the name
              xception -o labels.jsonl --resume photos/ continue an earlier run
              xception --report report.html photos/     a page to look at, too
              find . -name '*.jpg' -print0 | xception --files-from - --null --format jsonl
            """)

    @OptionGroup(title: "Input") var input: InputOptions

    @OptionGroup(title: "Output") var output: OutputOptions

    @OptionGroup(title: "Output") var reportOptions: ReportOptions

    @OptionGroup(title: "Predictions") var predictions: PredictionOptions

    @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions

    @OptionGroup(title: "Model") var models: ModelOptions

    @OptionGroup(title: "Run") var runOptions: RunOptions

    func validate() throws {
        if input.framed {
            guard outputFormat == .jsonl else { throw ValidationError("--framed writes JSON lines; leave out --format and --json.") }
            guard !output.resume else { throw ValidationError("--framed and --resume contradict each other: frames have no names.") }
        }
        guard !output.resume || !input.paths.contains(.standardInput) else {
            throw ValidationError("--resume and an image on standard input contradict each other: it has no name.")
        }
        if predictions.list {
            guard outputFormat == .text else { throw ValidationError("--list writes paths; leave out --format, --json and --framed.") }
        }
        guard !input.null || !input.filesFrom.isEmpty || predictions.list else {
            throw ValidationError("--null goes with --files-from or --list.")
        }
    }

    private var outputFormat: OutputFormat { output.format(or: input.framed ? .jsonl : .text) }

    func run() throws {
        returnLargeBuffersWhenFreed()
        let inputs = try input.inputs()
        let report = reportOptions.report
        let classifier = try models.classifier()
        let outputFiles = try output.check(
            outputFormat, report: report, against: inputs,
            models: [classifier.backbone.file.path, classifier.head.file.path])
        let model = ModelDescription(classifier)
        let top = min(predictions.top, classifier.head.classes.count)
        let preprocessor = preprocessing.preprocessor(classifier.preprocessor)
        let task = ClassificationTask(
            decoding: preprocessing.decoding(for: preprocessor), preprocessor: preprocessor, top: top,
            minimumProbability: predictions.min, thumbnailSize: report == nil ? nil : HTMLReport.thumbnailSize)
        let settings = predictions.settings(top: top) + preprocessing.settings(preprocessor)
        let origin = RecordOrigin(model: model.id, settings: settings.joined(separator: ", "))
        Cancellation.listen()
        let (destination, resumed) = try output.open(outputFormat, origin: origin)
        var sinks: [any RecordSink<Classification>] = [
            FormattedOutput(format(model, origin, top: top, isSingleImage: inputs.isSingleImage), to: destination)
        ]
        if let report { sinks.append(try HTMLReport(OutputDestination(replacing: report), model: model)) }
        try runOptions.run(task, over: inputs, on: classifier, to: sinks, leavingOut: resumed, forbidden: outputFiles)
    }

    private func format(
        _ model: ModelDescription, _ origin: RecordOrigin, top: Int, isSingleImage: Bool
    ) -> any RecordFormat<Classification> {
        switch outputFormat {
        case .text:
            if predictions.list { return PathsFormat(separator: input.null ? "\0" : "\n") }
            let columns = output.file == nil ? Terminal.columns(of: STDOUT_FILENO) : nil
            let hasColor = output.file == nil && Terminal.hasColor(STDOUT_FILENO)
            // One photo is for people, wherever it is printed.
            if isSingleImage && (columns != nil || top > 1) {
                return TextFormat(columns: columns, hasColor: hasColor, showsPaths: false)
            }
            guard let columns else { return TabbedTextFormat() }
            if top == 1 { return ShortTextFormat(columns: columns, hasColor: hasColor) }
            return TextFormat(columns: columns, hasColor: hasColor, showsPaths: true)
        case .json: return JSONFormat(schema: "xception.classify/1", model: model)
        case .jsonl: return JSONLinesFormat(origin: origin)
        case .csv: return CSVFormat(columns: Classification.csvColumns(top: top))
        }
    }
}
