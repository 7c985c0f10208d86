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

    @OptionGroup(title: "Output") var output: OutputOptions<ClassificationFormat>

    @OptionGroup(title: "Output") var reportOptions: ReportOptions

    @OptionGroup(title: "Predictions") var predictions: PredictionOptions

    @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions

    @OptionGroup(title: "Model") var models: ModelOptions

    @OptionGroup(title: "Run") var runOptions: RunOptions

    func validate() throws {
        try input.validate(with: output)
        if predictions.list {
            guard format == .text else { throw ValidationError("--list writes paths; leave out --format, --json and --framed.") }
        }
        guard !input.null || !input.filesFrom.isEmpty || predictions.list else {
            throw ValidationError("--null goes with --files-from or --list.")
        }
    }

    private var format: ClassificationFormat { output.asked ?? (input.framed ? .jsonl : .standard) }

    func run() throws {
        let inputs = try input.inputs()
        let model = try models.model()
        let preprocessor = preprocessing.preprocessor(model.extractor.preprocessor)
        let job = ImageJob(
            inputs: inputs, extractor: model.extractor, head: model.head,
            preparation: ImagePreparation(decoding: preprocessing.decoding(for: preprocessor), preprocessor: preprocessor),
            options: runOptions)
        let top = min(predictions.top, model.head.classes.count)
        let description = ModelDescription(model)
        let settings = predictions.settings(top: top) + preprocessing.settings(preprocessor)
        var outputs = [output(description, settings: settings, top: top, isSingleImage: inputs.isSingleImage)]
        let report = reportOptions.output(force: output.force) { destination throws(CommandError) in
            try HTMLReport(destination, model: description)
        }
        if let report { outputs.append(report) }
        let summary = try job.run(
            ClassificationTask(head: model.headWeights, top: top, minimumProbability: predictions.min), to: outputs)
        try summary.requireSuccess(inputs)
    }

    private func output(
        _ model: ModelDescription, settings: [String], top: Int, isSingleImage: Bool
    ) -> RunOutput<Classification> {
        switch format {
        case .text: output.document(textFormat(top: top, isSingleImage: isSingleImage))
        case .json: output.document(JSONFormat(model: model))
        case .jsonl: output.lines(JSONLinesFormat(origin: RecordOrigin(model: model, settings: settings)))
        case .csv: output.document(CSVFormat(columns: Classification.csvColumns(top: top)))
        }
    }

    private func textFormat(top: Int, isSingleImage: Bool) -> any RecordFormat<Classification> {
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
    }
}

enum ClassificationFormat: String, CommandFormat {
    case text, json, jsonl, csv

    static let standard = text

    var grows: Bool { self == .jsonl }

    var endings: [String] {
        switch self {
        case .text: []
        case .json: [".json"]
        case .jsonl: [".jsonl", ".ndjson"]
        case .csv: [".csv"]
        }
    }
}
