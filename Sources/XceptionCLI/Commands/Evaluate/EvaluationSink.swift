import ModelFiles
import Platform
import Xception

/// Collects predictions, and writes the evaluation of all at the end.
final class EvaluationSink: RecordSink {
    private let destination: OutputDestination
    private let model: ModelDescription
    private let head: Head
    private let labels: [FilePath: Int]
    private let output: (EvaluatedPhotos, OutputDestination) throws(CommandError) -> Void
    let thumbnailSize: Int?
    private var outcomes: [Evaluation.Outcome] = []
    private var paths: [FilePath] = []
    private var thumbnails: [Int: [UInt8]] = [:]
    private var collected: Int?

    /// - Parameters:
    ///   - labels: the class of each photo.
    ///   - thumbnailSize: the size of wrongly classified photos' thumbnails; nil if they are not shown.
    ///   - output: writes the output.
    init(
        _ destination: OutputDestination, model: ModelDescription, head: Head, labels: [FilePath: Int],
        thumbnailSize: Int? = nil,
        output: @escaping (EvaluatedPhotos, OutputDestination) throws(CommandError) -> Void
    ) {
        self.destination = destination
        self.model = model
        self.head = head
        self.labels = labels
        self.thumbnailSize = thumbnailSize
        self.output = output
    }

    func write(_ record: ImageRecord<PhotoPredictions>) {
        guard case .success(let result) = record.outcome, let label = labels[record.name.path] else { return }
        let outcome = result.value.outcome(label: label)
        if !outcome.isRight, let thumbnail = result.thumbnail { thumbnails[outcomes.count] = thumbnail }
        if let source = result.value.source { collected = (collected ?? 0) + (source == .collection ? 1 : 0) }
        outcomes.append(outcome)
        paths.append(record.name.path)
    }

    func finish(_ summary: RunSummary) throws(CommandError) -> String? {
        let evaluation = Evaluation(outcomes, classes: head.classes.count)
        let photos = EvaluatedPhotos(
            model: model, head: head, paths: paths, evaluation: evaluation, calibration: Calibration(evaluation),
            coverage: Coverage(evaluation), summary: summary, collected: collected, thumbnails: thumbnails)
        try output(photos, destination)
        return try destination.finish(isComplete: summary.isComplete)
    }

    func abandon() {
        destination.abandon()
    }
}
