import Kernels
import PhotoCollections
import Platform
import Xception

/// The common part of the commands that compare photos: a model, a collection, and runs over photos for their features.
struct PhotoRun {
    let extractor: FeatureExtractor
    let preparation: ImagePreparation
    let options: RunOptions
    /// The mean that features are centred by.
    let mean: GenericMean
    let collection: SharedCollection?

    /// - Parameter adds: true to add photos that the collection lacks, unless an option forbids it.
    init(
        _ models: ModelOptions, _ preprocessing: PreprocessingOptions, _ options: RunOptions,
        _ collections: CollectionOptions, adding adds: Bool
    ) throws {
        extractor = try models.extractor()
        let preprocessor = preprocessing.preprocessor(extractor.preprocessor)
        preparation = ImagePreparation(decoding: preprocessing.decoding(for: preprocessor), preprocessor: preprocessor)
        self.options = options
        let origin = CollectionOrigin(extractor, preprocessing, preprocessor)
        collection = try collections.open(for: origin, adding: adds)
        mean = collection?.mean ?? GenericMean.standard(featureCount: origin.featureCount)
    }

    var threads: Int { options.threads.count }
    var kernels: ProcessorKernels { extractor.kernels }

    /// Computes the features of photos, or takes them from the collection.
    ///
    /// - Parameter body: called with the photos in input order.
    func features(
        of inputs: RunInput,
        _ body: @escaping @Sendable (ImageName, PhotoFeatures) throws(CommandError) -> Void
    ) throws(CommandError) -> RunSummary {
        let job = ImageJob(inputs: inputs, extractor: extractor, head: nil, preparation: preparation, options: options)
        var outputs: [RunOutput<FeatureTask.Value>] = [
            RunOutput { PhotoSink { name, result throws(CommandError) in try body(name, result.value.photo) } }
        ]
        if let collection, !collection.isReadOnly { outputs.append(RunOutput { CollectionSink(collection) }) }
        let known = collection.map { collection in
            CollectionImages<FeatureTask.Value>(collection, followsFiles: true) { photo, _ in
                FeatureTask.Value(photo: photo, isStored: true)
            }
        }
        let summary = try job.run(FeatureTask(mean: mean), to: outputs, knowing: known)
        try collection?.check()
        return summary
    }
}
