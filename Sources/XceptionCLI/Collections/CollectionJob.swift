import PhotoCollections
import Xception

/// A task whose value follows from features that a collection may hold.
protocol FeatureBasedTask: ImageTask where Value: CollectedValue {
    func evaluate(_ photo: PhotoFeatures, on session: InferenceSession) throws(InferenceError) -> Value
}

extension ClassificationTask: FeatureBasedTask {}
extension EmbeddingTask: FeatureBasedTask {}

extension ImageJob {
    /// Runs a task over images; features are taken from a collection if it has them, and otherwise added to it.
    ///
    /// - Parameter collection: if nil, all features are computed, and none are kept.
    func run<Task: FeatureBasedTask>(
        _ task: Task, to outputs: [RunOutput<Task.Value>], with collection: SharedCollection?
    ) throws(CommandError) -> RunSummary {
        guard let collection else { return try run(task, to: outputs) }
        // The collection receives records as they come; the first output remains the command's own.
        let outputs = collection.isReadOnly ? outputs : outputs + [RunOutput { CollectionSink(collection) }]
        let known = CollectionImages<Task.Value>(collection, followsFiles: inputs.collection == nil) {
            photo, session throws(InferenceError) in try task.evaluate(photo, on: session)
        }
        let summary = try run(task, to: outputs, knowing: known)
        try collection.check()
        return summary
    }
}
