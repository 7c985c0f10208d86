import PhotoCollections
import Platform
import Xception

/// Images whose features are in a collection, so that they need not be decoded.
final class CollectionImages<Value: Sendable>: KnownImages {
    private let collection: SharedCollection
    /// True if a photo counts only while its file is unchanged.
    private let followsFiles: Bool
    private let value: @Sendable (PhotoFeatures, InferenceSession) throws(InferenceError) -> Value

    /// Looks images up in a collection.
    ///
    /// - Parameter value: computes an image's value from its features.
    init(
        _ collection: SharedCollection, followsFiles: Bool,
        value: @escaping @Sendable (PhotoFeatures, InferenceSession) throws(InferenceError) -> Value
    ) {
        self.collection = collection
        self.followsFiles = followsFiles
        self.value = value
    }

    func take(_ input: ImageInput) -> KnownImage<Value>? {
        guard case .file(let path) = input else { return nil }
        let status = followsFiles ? FileStatus(path) : nil
        guard !followsFiles || status != nil else { return nil }
        let found = collection.look { collection throws(CollectionError) in try collection.photo(at: path.absolute) }
        guard let photo = found, case .features(let features) = photo.outcome else { return nil }
        if let status, status.size != photo.file.size || status.modificationTime != photo.file.modified { return nil }
        let value = value
        return .stored { session throws(InferenceError) in
            ImageResult(
                width: features.width, height: features.height, value: try value(features, session),
                timing: ImageTiming())
        }
    }
}
