import ArgumentParser
import PhotoCollections
import Platform
import Xception

struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Classifies images (the default subcommand).",
        discussion: """
            Images are JPEG, PNG, WebP, HEIC, AVIF or the preview in a raw file (xception --version: which of them this machine reads), recognised by content, not by file name. They are turned upright as \
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
              xception -l --label dog photos/           the paths of photos of dogs
              xception --hedge 0.8 --group-by label photos/
                                                        how many photos there are of what
              find . -name '*.jpg' -print0 | xception --files-from - --null --format jsonl
            """)

    @OptionGroup(title: "Input") var input: InputOptions

    @OptionGroup(title: "Input") var collections: CollectionOptions

    @OptionGroup(title: "Output") var output: OutputOptions<ClassificationFormat>

    @OptionGroup(title: "Output") var reportOptions: ReportOptions

    @OptionGroup(title: "Output") var tables: TableOptions

    @OptionGroup(title: "Output") var keywords: KeywordOptions

    @OptionGroup(title: "Predictions") var predictions: PredictionOptions

    @OptionGroup(title: "Predictions") var concepts: ConceptOptions

    @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions

    @OptionGroup(title: "Model") var models: ModelOptions

    @OptionGroup(title: "Run") var runOptions: RunOptions

    func validate() throws {
        try input.validate(with: output)
        try collections.validate(with: input, resume: output.resume)
        if predictions.list {
            guard format == .text else {
                throw ValidationError("--list writes paths, not \(format.rawValue): leave out --format, --json and --framed, or name the output .txt.")
            }
        }
        if format == .exiftool, input.framed || input.paths.contains(.standardInput) {
            throw ValidationError("--format exiftool and an image on standard input contradict each other: it has no file for keywords.")
        }
        try tables.validate(format, listsPaths: predictions.list)
        try keywords.validate(format)
        guard !input.null || !input.filesFrom.isEmpty || predictions.list else {
            throw ValidationError("--null goes with --files-from or --list.")
        }
    }

    private var format: ClassificationFormat { output.asked ?? (input.framed ? .jsonl : .standard) }

    func run() throws {
        if collections.collection == nil { _ = try input.inputs() }
        let model = try models.model()
        let preprocessor = preprocessing.preprocessor(model.extractor.preprocessor)
        let collection = try collections.open(for: CollectionOrigin(model.extractor, preprocessing, preprocessor))
        let inputs = try input.inputs(orAllOf: collection)
        let job = ImageJob(
            inputs: inputs, extractor: model.extractor, head: model.head,
            preparation: ImagePreparation(decoding: preprocessing.decoding(for: preprocessor), preprocessor: preprocessor),
            options: runOptions)
        let top = min(predictions.top, model.head.classes.count)
        // Reading the tree takes longer than starting the program.
        let needsTree = concepts.isUsed || format == .exiftool || reportOptions.report != nil
        let tree = needsTree ? HeadConcepts(model.head.classes, activation: model.head.activation) : nil
        let query = try concepts.query(tree, head: model.head.name, minimum: predictions.min?.value ?? 0.5)
        let task = ClassificationTask(
            head: model.headWeights, top: top, minimumProbability: minimumProbability, query: query,
            rejects: !predictions.noReject, collection: collection)
        let settings = predictions.settings(top: top, minimum: minimumProbability) + (query?.settings ?? [])
            + preprocessing.settings(preprocessor)
        let facts = RunFacts(
            model: ModelDescription(model), settings: settings, top: top, hasConcept: concepts.hedge != nil,
            isSingleImage: inputs.isSingleImage, tree: tree)
        var outputs = ClassificationOutputs(
            format: format, output: output, report: reportOptions, tables: tables, keywords: keywords,
            pathSeparator: predictions.list ? (input.null ? "\0" : "\n") : nil, facts: facts
        ).all
        if concepts.chooses { outputs = outputs.map(\.keptRecords) }
        let summary = if let collection {
            try job.run(task, to: outputs, with: collection)
        } else {
            try job.run(task, to: outputs)
        }
        try summary.requireSuccess(inputs)
    }

    /// Less probable predictions are left out. With `--label`, `--min` is about the label; keywords are always probable.
    private var minimumProbability: Float {
        if format == .exiftool { return predictions.min?.value ?? 0.5 }
        return concepts.chooses ? 0 : predictions.min?.value ?? 0
    }
}
