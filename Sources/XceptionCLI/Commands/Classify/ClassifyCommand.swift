import ArgumentParser
import PhotoCollections
import Platform
import Xception

struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Classify images.",
        discussion: """
            Images are JPEG, PNG, WebP, HEIC, AVIF or the preview in a raw file (xception --version lists what \
            this machine reads), recognised by content, not by file name. EXIF or XMP orientation is applied, \
            transparency is composited on white, and the image is scaled to the network's input size, \
            ignoring its aspect ratio.

            Directories are searched recursively. Links to directories are followed only with --follow; hidden \
            files and directories are skipped. Each file is classified once. A named pipe or device given as \
            an argument is read to its end before later images are classified.

            Results go to standard output, everything else to standard error. Text is a table on a terminal, \
            without predictions below 1%; elsewhere it is a line per image: path, then label and \
            probability of each prediction, separated by tabs. With --list the exit status is 1 if no image is listed.

            Examples:
              xception photo.jpg             the five most probable labels
              xception -k 1 --min 50% photos/
                                             one line per photo
              xception -o labels.csv photos/
                                             the format follows from the name
              xception -o labels.jsonl --resume photos/
                                             continue an earlier run
              xception --report report.html photos/
                                             also a page with thumbnails
              xception --report report.html --explain photos/
                                             also the evidence for each label
              xception -l --label dog photos/
                                             the paths of photos of dogs
              xception --hedge 0.8 --group-by label photos/
                                             the number of photos per concept
              xception --sort probability --reverse -k 1 photos/
                                             the least certain answers first
              find . -print0 | xception -0 --files-from - --format jsonl
                                             paths from another program
            """)

    @OptionGroup(title: "Input") var input: InputOptions

    @OptionGroup(title: "Input") var collections: CollectionOptions

    @OptionGroup(title: "Output") var output: OutputOptions<ClassificationFormat>

    @OptionGroup(title: "Output") var reportOptions: ReportOptions

    @Flag(help: "With --report: show on the page where in each photo the evidence for its first label is.")
    var explain = false

    @OptionGroup(title: "Output") var tables: TableOptions

    @OptionGroup(title: "Output") var keywords: KeywordOptions

    @OptionGroup(title: "Output") var sort: SortOptions

    @OptionGroup(title: "Output") var display: DisplayOptions

    @OptionGroup(title: "Predictions") var predictions: PredictionOptions

    @OptionGroup(title: "Predictions") var concepts: ConceptOptions

    @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions

    @OptionGroup(title: "Model") var models: ModelOptions

    @OptionGroup(title: "Run") var runOptions: RunOptions

    func validate() throws {
        try input.validate(with: output)
        try collections.validate(with: input, resume: output.resume)
        guard !explain || reportOptions.report != nil else {
            throw ValidationError("--explain goes with --report; for pictures: xception explain PHOTO -o heat.png")
        }
        guard !explain || collections.collection == nil else {
            throw ValidationError("--explain and --collection contradict each other: a collection has no maps.")
        }
        if predictions.list {
            guard format == .text else {
                throw ValidationError("--list writes paths, not \(format.rawValue): leave out --format, --json and --framed, or name the output .txt.")
            }
        }
        if format == .exiftool, input.framed || input.paths.contains(.standardInput) {
            throw ValidationError("--format exiftool and an image on standard input contradict each other: it has no file for keywords.")
        }
        try sort.validate(format, isFramed: input.framed, groups: tables.groupBy != nil)
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
        let collection = try collections.open(
            for: CollectionOrigin(model.extractor, preprocessing, preprocessor), adding: input.namesPhotos)
        let inputs = try input.inputs(orAllOf: collection)
        let job = ImageJob(
            inputs: inputs, extractor: model.extractor, head: model.head,
            preparation: ImagePreparation(decoding: preprocessing.decoding(for: preprocessor), preprocessor: preprocessor),
            options: runOptions)
        let top = min(predictions.top, model.head.classes.count)
        // The tree is read only if needed: reading it takes longer than starting the program.
        let needsTree = concepts.isUsed || format == .exiftool || reportOptions.report != nil
        let tree = needsTree ? HeadConcepts(model.head.classes, activation: model.head.activation) : nil
        let query = try concepts.query(tree, head: model.head.name, minimum: predictions.min?.value ?? 0.5)
        let task = ClassificationTask(
            head: model.headWeights, top: top, minimumProbability: minimumProbability, query: query,
            rejects: !predictions.noReject, collection: collection,
            explainer: explain ? try Explainer(model.head, preprocessor) : nil)
        let settings = predictions.settings(top: top, minimum: minimumProbability) + (query?.settings ?? [])
            + preprocessing.settings(preprocessor)
        let facts = RunFacts(
            model: ModelDescription(model), settings: settings, top: top, hasConcept: concepts.hedge != nil, tree: tree)
        var outputs = ClassificationOutputs(
            format: format, output: output, report: reportOptions, tables: tables, keywords: keywords, sort: sort,
            display: display, leastShown: predictions.min == nil ? 0.01 : 0,
            pathSeparator: predictions.list ? (input.null ? "\0" : "\n") : nil, facts: facts
        ).all
        if concepts.chooses { outputs = outputs.map(\.keptRecords) }
        let matches = Matches()
        if predictions.list || predictions.min != nil { outputs[0] = matches.counting(outputs[0]) }
        let summary = try job.run(task, to: outputs, with: collection)
        try summary.requireSuccess(inputs)
        guard matches.isNone else { return }
        if !runOptions.quiet { StandardError.write(nothing(matches.best)) }
        if predictions.list { throw CommandError.nothingFound }
    }

    /// Returns a line for an empty result.
    ///
    /// - Parameter best: the most probable prediction of all.
    private func nothing(_ best: Prediction?) -> String {
        func percent(_ probability: Float) -> String {
            "\(NumberText.short(100 * Double(String(probability))!, digits: 2))%"
        }
        if concepts.chooses { return "no image shows what --label and --not-label ask for" }
        let nearest = best.map { " (\($0.label) \(percent(($0.probability * 1000).rounded(.down) / 1000)))" } ?? ""
        return "nothing reaches \(percent(minimumProbability))\(nearest)"
    }

    /// The least probability of a prediction. With `--label`, `--min` applies to the label; keywords are always
    /// probable.
    private var minimumProbability: Float {
        if format == .exiftool { return predictions.min?.value ?? 0.5 }
        return concepts.chooses ? 0 : predictions.min?.value ?? 0
    }
}
