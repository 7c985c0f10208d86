import Images
import PhotoCollections
import Platform

/// Adds a run's photos to a collection: features, and the errors of unreadable ones.
final class CollectionSink<Value: CollectedValue>: RecordSink {
    private let collection: SharedCollection

    init(_ collection: SharedCollection) {
        self.collection = collection
    }

    func write(_ record: ImageRecord<Value>) throws(CommandError) {
        try collection.check()
        guard record.name.isPath, !record.isEarlier, let photo = photo(record) else { return }
        try collection.withCollection { collection throws(CollectionError) in try collection.add(photo) }
    }

    private func photo(_ record: ImageRecord<Value>) -> CollectedPhoto? {
        let outcome: CollectedPhoto.Outcome
        switch record.outcome {
        case .success(let result):
            guard let photo = result.value.collected else { return nil }
            outcome = .features(photo)
        case .failure(let failure):
            // A missing file, or a lack of memory for now, is no property of the photo.
            guard failure.code != .notFound, failure.code != .outOfMemory else { return nil }
            outcome = .failure(code: failure.code.rawValue, message: failure.message)
        }
        // A named pipe has no version, and other content at each reading.
        guard let version = record.version ?? FileStatus(record.name.path).flatMap({ $0.isRegular ? $0.version : nil })
        else {
            return nil
        }
        let path = record.name.path.absolute
        return CollectedPhoto(
            file: CollectedFile(path: path, size: version.size, modified: version.modificationTime),
            content: ContentHash(of: path, size: version.size), outcome: outcome)
    }

    func finish(_ summary: RunSummary) throws(CommandError) -> String? {
        try flush()
        return nil
    }

    /// Keeps the features computed so far, for whatever reason the run ends.
    func abandon() {
        try? flush()
    }

    private func flush() throws(CommandError) {
        try collection.check()
        try collection.withCollection { collection throws(CollectionError) in try collection.flush() }
    }
}
