import PhotoCollections
import Platform
import Synchronization

/// One of the compared photos.
struct ComparedPhoto: Sendable {
    let path: FilePath
    let width: Int
    let height: Int
    /// The properties that decide if it is kept.
    let order: KeepOrder
}

/// Collects the photos to be compared.
final class GatheredPhotos: Sendable {
    /// A photo's features. Those of a collection are read again when their order is known: there may be a million.
    private enum Features: Sendable {
        case here(PhotoFeatures)
        case stored(Int)
    }

    private let references: [FilePath]
    private let preferred: [FilePath]
    private struct State {
        var photos: [(photo: ComparedPhoto, features: Features)] = []
        var paths: Set<FilePath> = []
    }

    private let state = Mutex(State())

    /// Starts a collection of photos.
    ///
    /// - Parameters:
    ///   - references: directories whose photos are never removed.
    ///   - preferred: directories whose photos are preferred.
    init(references: [FilePath], preferred: [FilePath]) {
        self.references = references.map(\.absolute)
        self.preferred = preferred.map(\.absolute)
    }

    /// Adds a photo in the current state of its file.
    func add(_ path: FilePath, _ features: PhotoFeatures) {
        let status = FileStatus(path)
        let file = CollectedFile(path: path, size: status?.size ?? 0, modified: status?.modificationTime ?? 0)
        add(file, features.width, features.height, .here(features))
    }

    /// Adds a photo of a collection.
    func add(_ id: Int, _ file: CollectedFile, width: Int, height: Int) {
        add(file, width, height, .stored(id))
    }

    private func add(_ file: CollectedFile, _ width: Int, _ height: Int, _ features: Features) {
        let absolute = file.path.absolute
        state.withLock { state in
            // A photo that is named twice is not its own duplicate.
            guard state.paths.insert(absolute).inserted else { return }
            let order = KeepOrder(
                isReference: references.contains(where: absolute.isBelow),
                isPreferred: preferred.contains(where: absolute.isBelow),
                pixels: width.multipliedReportingOverflow(by: height).partialValue, bytes: file.size,
                modified: file.modified, number: state.photos.count)
            state.photos.append((ComparedPhoto(path: file.path, width: width, height: height, order: order), features))
        }
    }

    /// Returns the photos in the order in which they would be kept, and the data to compare them by.
    ///
    /// - Throws: ``CommandError`` if there is not enough memory, or the collection cannot be read.
    func sorted(
        featureCount: Int, from collection: SharedCollection?
    ) throws(CommandError) -> ([ComparedPhoto], ComparedPhotos) {
        var photos = state.withLock { state in
            defer { state = State() }
            return state.photos
        }
        photos.sort { $0.photo.order.reason(over: $1.photo.order) != nil }
        var sorted: [ComparedPhoto] = []
        sorted.reserveCapacity(photos.count)
        do throws(CollectionError) {
            var compared = try ComparedPhotos(featureCount: featureCount, capacity: photos.count)
            for (photo, features) in photos {
                let found: PhotoFeatures? = switch features {
                case .here(let features): features
                case .stored(let id):
                    try collection?.read { collection throws(CollectionError) in
                        try collection.photo(id)?.features
                    }
                }
                guard let found else { continue }
                compared.append(found.features, found.hash)
                sorted.append(photo)
            }
            return (sorted, compared)
        } catch {
            throw CommandError(error)
        }
    }
}
