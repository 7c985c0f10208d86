import Platform

/// A photo of a collection.
package struct CollectedPhoto: Equatable, Sendable {
    package let file: CollectedFile
    /// The hash of the content; nil if the file could not be read.
    package let content: ContentHash?
    package let outcome: Outcome

    package enum Outcome: Equatable, Sendable {
        case features(PhotoFeatures)
        /// An error's code and message in place of features.
        case failure(code: String, message: String)
    }

    package init(file: CollectedFile, content: ContentHash?, outcome: Outcome) {
        self.file = file
        self.content = content
        self.outcome = outcome
    }
}

extension CollectedPhoto {
    package var features: PhotoFeatures? {
        if case .features(let features) = outcome { features } else { nil }
    }
}

/// A photo's file as it was when its features were computed. It counts as unchanged while its size and time of
/// modification are the same.
package struct CollectedFile: Equatable, Sendable {
    /// The absolute path.
    package let path: FilePath
    package let size: Int
    /// The time of modification, in nanoseconds since 1970.
    package let modified: Int64

    package init(path: FilePath, size: Int, modified: Int64) {
        self.path = path
        self.size = size
        self.modified = modified
    }
}

/// The features and properties that a collection keeps of a readable photo.
package struct PhotoFeatures: Equatable, Sendable {
    /// The upright width in pixels.
    package let width: Int
    package let height: Int
    package let features: QuantizedFeatures
    package let hash: PerceptualHash

    package init(width: Int, height: Int, features: QuantizedFeatures, hash: PerceptualHash) {
        self.width = width
        self.height = height
        self.features = features
        self.hash = hash
    }
}
