import ArgumentParser
import ModelFiles
import PhotoCollections
import Platform
import Xception

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a head's accuracy on labelled photos.",
        discussion: """
            DIR has a folder per class, a CSV file lines of path,label. Folders and labels name a class of the \
            head by its label, id or index. Rates come with 95% intervals; a class that is never predicted has no \
            precision.

            Examples:
              xception evaluate --head waste.head.safetensors test/
              xception evaluate --head waste.head.safetensors test/ --report report.html
              xception evaluate --json labels.csv
            """)

    @Argument(
        help: ArgumentHelp("A folder per class, or a CSV file of path and label.", valueName: "dir|csv"),
        completion: .file())
    var input: FilePath

    @OptionGroup(title: "Input") var collections: CollectionOptions

    @OptionGroup(title: "Output") var output: OutputOptions<EvaluationFormat>

    @OptionGroup(title: "Output") var reportOptions: ReportOptions

    @Flag(help: "List every class in text, not the five worst of many.")
    var perClass = false

    @Flag(help: "Predict a class even for photos unlike the training photos.")
    var noReject = false

    @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions

    @OptionGroup(title: "Model") var models: ModelOptions

    @OptionGroup(title: "Run") var runOptions: RunOptions

    func run() throws {
        let labelled = try LabelledImages(input)
        let model = try models.model()
        var notes = labelled.notes
        let photos = try Self.matched(labelled, model.head, input, &notes)
        if !runOptions.quiet { for note in notes { StandardError.write(note) } }

        let preprocessor = preprocessing.preprocessor(model.extractor.preprocessor)
        let collection = try collections.open(for: CollectionOrigin(model.extractor, preprocessing, preprocessor))
        let inputs = RunInput(paths: photos.map(\.path), list: nil, isNULSeparated: false, isFramed: false)
        let job = ImageJob(
            inputs: inputs, extractor: model.extractor, head: model.head,
            preparation: ImagePreparation(
                decoding: preprocessing.decoding(for: preprocessor), preprocessor: preprocessor),
            options: runOptions)
        let labels = Dictionary(photos.map { ($0.path, $0.label) }) { first, _ in first }
        let task = PredictionTask(head: model.headWeights, rejects: !noReject, collection: collection)
        let summary = try job.run(task, to: outputs(model, labels), with: collection)
        try summary.requireSuccess(inputs)
    }

    private func outputs(_ model: Model, _ labels: [FilePath: Int]) -> [RunOutput<PhotoPredictions>] {
        let description = ModelDescription(model)
        let (format, perClass) = (output.asked ?? .standard, perClass)
        func text(_ photos: EvaluatedPhotos) -> String {
            switch format {
            case .text: photos.text(perClass: perClass)
            case .json: photos.json
            case .csv: photos.csv
            }
        }
        let file = output.file
        let main = RunOutput<PhotoPredictions>(files: file.map { [OutputFile(path: $0, isForced: output.force)] } ?? [])
        {
            () throws(CommandError) in
            let destination = if let file { try OutputDestination(replacing: file) } else { OutputDestination() }
            return EvaluationSink(destination, model: description, head: model.head, labels: labels) {
                photos, destination throws(CommandError) in
                try destination.write(text(photos))
            }
        }
        let page: RunOutput<PhotoPredictions>? = reportOptions.output(force: output.force) {
            destination throws(CommandError) in
            EvaluationSink(
                destination, model: description, head: model.head, labels: labels,
                thumbnailSize: EvaluationPage.thumbnailSize,
                output: EvaluationPage.write)
        }
        return [main] + (page.map { [$0] } ?? [])
    }

    /// Returns the photos whose label is a class of the head, with its index there.
    private static func matched(
        _ labelled: LabelledImages, _ head: Head, _ input: FilePath, _ notes: inout [String]
    ) throws(CommandError) -> [LabelledImages.Photo] {
        let names = ClassNames(head.classes)
        let indices = labelled.classes.map { names[$0] }
        for (label, name) in labelled.classes.enumerated() where indices[label] == nil {
            let count = labelled.photos.count { $0.label == label }
            notes.append(
                "\(name.printable) \(names.complaint(name)) Its \(NumberText.counted(count, "photo")) "
                    + "\(count == 1 ? "is" : "are") left out"
            )
        }
        let photos = labelled.photos.compactMap { photo in
            indices[photo.label].map { LabelledImages.Photo(path: photo.path, label: $0) }
        }
        guard !photos.isEmpty else {
            throw .fatal(
                "\(input.line): no folder or label is a class of the head \(head.name.printable): "
                    + "\(labelled.classes.prefix(3).joined(separator: ", ").printable) "
                    + "... against \(head.classes.prefix(3).map(\.label).joined(separator: ", ").printable) ...; name "
                    + "the head with --head"
            )
        }
        return photos
    }
}
