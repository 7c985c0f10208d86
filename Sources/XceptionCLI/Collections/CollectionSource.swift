import Images
import PhotoCollections
import Platform

/// The photos of a collection, in the order of their paths, whether or not their files are accessible.
final class CollectionSource: ImageSource {
    private let collection: SharedCollection
    private var last: FilePath?
    private var photos: ArraySlice<ListedPhoto> = []

    /// The number of photos per query.
    private static let window = 1024

    init(_ collection: SharedCollection) {
        self.collection = collection
    }

    func next() throws(CommandError) -> SourceEntry? {
        if photos.isEmpty {
            let last = last
            photos = try collection.withCollection { collection throws(CollectionError) in
                try collection.list(after: last, count: Self.window)[...]
            }
        }
        guard let photo = photos.popFirst() else { return nil }
        last = photo.path
        guard let failure = photo.failure else { return .image(.file(photo.path)) }
        // An unknown code, of a newer program, is an error as well.
        let code = ImageError.Code(rawValue: failure.code) ?? .unreadable
        return .image(.failed(photo.path, ImageFailure(code: code, message: failure.message.printable)))
    }

    var isReady: Bool { true }
}
