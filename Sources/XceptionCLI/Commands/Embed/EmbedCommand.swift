import ArgumentParser
import ModelFiles
import PhotoCollections
import Platform
import Xception

struct EmbedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed",
        abstract: "Write the backbone's features of images.",
        discussion: """
            The features of an image are the mean of the backbone's last feature map over all positions: 2048 \
            numbers for Xception, before any head.

            npy is NumPy's format: one float32 row per image. The images' paths are in a text file of the same \
            name, one per line, row by row; images that fail have no row.

            Examples:
              xception embed -o photos.npy photos/      photos.npy and photos.txt
              xception embed -o photos.jsonl --resume photos/
              xception embed --normalize a.jpg b.jpg    JSON lines, unit length
            """)

    @OptionGroup(title: "Input") var input: InputOptions

    @OptionGroup(title: "Input") var collections: CollectionOptions

    @OptionGroup(title: "Output") var output: OutputOptions<EmbeddingFormat>

    @Flag(help: "Divide the features by their length, so that a dot product is a cosine.")
    var normalize = false

    @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingOptions

    @OptionGroup(title: "Model") var models: ModelOptions

    @OptionGroup(title: "Run") var runOptions: RunOptions

    func validate() throws {
        try input.validate(with: output)
        try collections.validate(with: input, resume: output.resume)
        guard !input.null || !input.filesFrom.isEmpty else { throw ValidationError("--null goes with --files-from.") }
        guard format != .npy || output.file?.isWrittenInPlace == false else {
            throw ValidationError("npy needs a file: -o NAME.npy; its beginning is written last.")
        }
    }

    private var format: EmbeddingFormat { output.asked ?? .standard }

    func run() throws {
        if collections.collection == nil { _ = try input.inputs() }
        let extractor = try models.extractor()
        let preprocessor = preprocessing.preprocessor(extractor.preprocessor)
        let collection = try collections.open(
            for: CollectionOrigin(extractor, preprocessing, preprocessor), adding: input.namesPhotos)
        let inputs = try input.inputs(orAllOf: collection)
        let job = ImageJob(
            inputs: inputs, extractor: extractor, head: nil,
            preparation: ImagePreparation(
                decoding: preprocessing.decoding(for: preprocessor), preprocessor: preprocessor),
            options: runOptions)
        let settings = ["features"] + (normalize ? ["normalize"] : []) + preprocessing.settings(preprocessor)
        let origin = RecordOrigin(model: ModelDescription(extractor), settings: settings)
        let outputs = [runOutput(origin, width: extractor.backbone.network.features)]
        let task = EmbeddingTask(normalizes: normalize, collection: collection)
        let summary = try job.run(task, to: outputs, with: collection)
        try summary.requireSuccess(inputs)
    }

    private func runOutput(_ origin: RecordOrigin, width: Int) -> RunOutput<Embedding> {
        switch format {
        case .npy: NPYOutput.output(output.file!, width: width, force: output.force)
        case .jsonl: output.lines(JSONLinesFormat(origin: origin))
        case .csv: output.document(CSVFormat(columns: Embedding.csvColumns(width: width)))
        }
    }
}

enum EmbeddingFormat: String, CommandFormat {
    case npy, jsonl, csv

    static let standard = jsonl

    var grows: Bool { self == .jsonl }

    var endings: [String] {
        switch self {
        case .npy: [".npy"]
        case .jsonl: [".jsonl", ".ndjson"]
        case .csv: [".csv"]
        }
    }
}
