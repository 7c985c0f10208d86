import Platform

/// A photo of a collection.
package struct CollectedPhoto: Equatable, Sendable {
    package let file: CollectedFile
    /// Nil where the file could not be read.
    package let content: ContentHash?
    package let outcome: Outcome

    package enum Outcome: Equatable, Sendable {
        case features(PhotoFeatures)
        /// Why there are none: an error's code and message.
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

/// A photo's file as it was when its features were computed. It counts as unchanged as long as size and
/// time of modification are the same.
package struct CollectedFile: Equatable, Sendable {
    /// From the root.
    package let path: FilePath
    package let size: Int
    /// In nanoseconds since 1970.
    package let modified: Int64

    package init(path: FilePath, size: Int, modified: Int64) {
        self.path = path
        self.size = size
        self.modified = modified
    }
}

/// What a collection keeps of a photo that could be read.
package struct PhotoFeatures: Equatable, Sendable {
    /// In pixels, upright.
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
