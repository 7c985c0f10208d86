/// A format as messages name it, and a way to make its files readable.
package struct FormatWords: Hashable, Sendable {
    /// A name with an article, such as "a GIF image" or "of an unknown format".
    package let name: String
    /// A plural, such as "GIF images".
    package let plural: String
    /// True for a picture, false for a text, a video or another kind of file.
    package let isImage: Bool
    package var remedy: Remedy

    /// A way to make a file of the format readable.
    package enum Remedy: Hashable, Sendable {
        case convert
        /// None: the file is not a picture.
        case nothing
        /// Installing a Debian package that is missing.
        case install(package: String)
        /// Allowing the format, which the options exclude.
        case allow
    }
}

extension FormatWords {
    static func image(_ name: String, article: String = "a") -> Self {
        file("\(article) \(name) image", "\(name) images", isImage: true)
    }

    static func file(_ name: String, _ plural: String, isImage: Bool = false) -> Self {
        Self(name: name, plural: plural, isImage: isImage, remedy: isImage ? .convert : .nothing)
    }

    /// A TIFF file that is not a raw file.
    package static let tiff = image("TIFF")
}
