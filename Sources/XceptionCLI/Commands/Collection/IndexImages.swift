import PhotoCollections
import Platform
import Synchronization

/// Images that a collection holds unchanged, or whose files have only moved.
final class IndexImages: KnownImages {
    typealias Value = FeatureTask.Value

    /// The outcome for photos, by their numbers.
    private struct State {
        var unchanged: Set<Int> = []
        var moved: Set<Int> = []
    }

    private let collection: SharedCollection
    /// The sizes of the collection's files when the run began.
    private let sizes: Set<Int>
    private let state = Mutex(State())

    init(_ collection: SharedCollection) throws(CommandError) {
        self.collection = collection
        sizes = try collection.withCollection { collection throws(CollectionError) in try collection.sizes }
    }

    func take(_ input: ImageInput) -> KnownImage<Value>? {
        guard case .file(let path) = input, let status = FileStatus(path), status.isRegular else { return nil }
        let file = CollectedFile(path: path.absolute, size: status.size, modified: status.modificationTime)
        let number = collection.look { collection throws(CollectionError) in try collection.unchanged(file) }
        if let number {
            state.withLock { _ = $0.unchanged.insert(number) }
            return .recorded
        }
        guard sizes.contains(file.size), let content = ContentHash(of: path, size: file.size) else { return nil }
        let moved: Int? = collection.look { collection throws(CollectionError) in
            for photo in try collection.photos(size: file.size, content: content)
            where photo.path == file.path || !photo.path.isThere {
                try collection.move(photo.id, to: file)
                return photo.id
            }
            return nil
        }
        guard let moved else { return nil }
        state.withLock { _ = $0.moved.insert(moved) }
        return .recorded
    }

    var counts: (unchanged: Int, moved: Int) { state.withLock { ($0.unchanged.count, $0.moved.count) } }

    /// Removes the photos below the searched paths whose files are gone.
    ///
    /// - Returns: the number of removed photos.
    func removeMissing(below roots: [FilePath]) throws(CommandError) -> Int {
        let roots = roots.map(\.absolute)
        let seen = state.withLock { $0.unchanged.union($0.moved) }
        return try collection.withCollection { collection throws(CollectionError) in
            var missing: [Int] = []
            try collection.forEachPath { id, path in
                if !seen.contains(id), roots.contains(where: path.isBelow), !path.isThere { missing.append(id) }
            }
            try collection.remove(missing)
            return missing.count
        }
    }
}

extension FilePath {
    /// True if there is anything at the path, or that is unknown.
    fileprivate var isThere: Bool {
        do throws(SystemError) {
            _ = try FileStatus(reading: self)
            return true
        } catch {
            return ![ENOENT, ENOTDIR].contains(error.number)
        }
    }
}
