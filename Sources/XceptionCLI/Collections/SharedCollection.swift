import PhotoCollections
import Platform
import Synchronization
import Xception

/// A collection that the threads of a run read and add to.
final class SharedCollection: Sendable {
    let path: FilePath
    let origin: CollectionOrigin
    let mean: GenericMean
    let isReadOnly: Bool
    private let collection: Mutex<PhotoCollection>
    private let failure = Mutex<CommandError?>(nil)

    init(_ collection: sending PhotoCollection) {
        path = collection.path
        origin = collection.origin
        mean = collection.mean
        isReadOnly = collection.isReadOnly
        self.collection = Mutex(collection)
    }

    /// Calls `body` with the collection.
    ///
    /// - Throws: ``CommandError`` for an error of the collection.
    func withCollection<Result: Sendable>(
        _ body: (PhotoCollection) throws(CollectionError) -> Result
    ) throws(CommandError) -> Result {
        do throws(CollectionError) {
            return try read(body)
        } catch {
            throw CommandError(error)
        }
    }

    /// Calls `body` with the collection.
    ///
    /// - Throws: ``CollectionError``.
    func read<Result: Sendable>(
        _ body: (PhotoCollection) throws(CollectionError) -> Result
    ) throws(CollectionError) -> Result {
        try collection.withLock { collection throws(CollectionError) in try body(collection) }
    }

    /// Throws ``CommandError/fatal(_:)`` if no photo has features.
    func requirePhotos() throws(CommandError) {
        let isEmpty = try withCollection { collection throws(CollectionError) in try collection.isEmpty }
        guard isEmpty else { return }
        throw .fatal("\(path.line): holds no photos; add some: xception index \(path.line) PHOTOS")
    }

    /// Calls `body` as ``withCollection(_:)`` where an error cannot be thrown: it is kept for ``check()``.
    func look<Result: Sendable>(_ body: (PhotoCollection) throws(CollectionError) -> Result?) -> Result? {
        do throws(CommandError) {
            return try withCollection(body)
        } catch {
            failure.withLock { $0 = $0 ?? error }
            return nil
        }
    }

    /// Throws the error of an earlier ``look(_:)``, if there was one.
    func check() throws(CommandError) {
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}

extension CommandError {
    init(_ error: CollectionError) {
        self = .fatal(error.description)
    }
}

extension CollectionOrigin {
    /// Describes the features of a run.
    ///
    /// - Parameter preprocessor: the preparation of photos, which `options` describe in words.
    init(_ extractor: FeatureExtractor, _ options: PreprocessingOptions, _ preprocessor: Preprocessor) {
        self.init(
            backbone: extractor.backbone.sha256, network: extractor.backbone.name,
            featureCount: extractor.backbone.network.features,
            precision: extractor.precision.rawValue,
            preprocessing: options.settings(preprocessor).joined(separator: ", "),
            views: preprocessor.views)
    }
}
