/// What a file is, told by its content; names and extensions play no part.
package enum ImageFormat: Equatable, Sendable {
    case jpeg
    case png
    case other(OtherFormat)

    /// A format that is not read, in words.
    package struct OtherFormat: Hashable, Sendable {
        /// "a GIF image", or "of an unknown format".
        package let name: String
        /// "GIF images".
        package let plural: String
        /// Whether it is a picture, which somebody might miss, and not a text or a video.
        package let isImage: Bool
    }

    /// How many of a file's first bytes say what it is.
    package static let sniffedBytes = 512

    /// - Parameter start: the first ``sniffedBytes`` of a file or more; fewer if it is shorter.
    package init(_ start: UnsafeRawBufferPointer) {
        if start.starts(withBytes: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if start.starts(withBytes: pngSignature) {
            // Xcode's PNG for iOS, which PNG readers do not understand.
            self = start.contains("CgBI", at: 12) ? .other(.image("CgBI")) : .png
        } else {
            self = .other(OtherFormat(start))
        }
    }

    /// Whether ``decodeImage(_:options:)`` reads it.
    package var isDecodable: Bool {
        switch self {
        case .jpeg, .png: true
        case .other: false
        }
    }
}

let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

extension ImageFormat.OtherFormat {
    fileprivate static func image(_ name: String, article: String = "a") -> Self {
        Self(name: "\(article) \(name) image", plural: "\(name) images", isImage: true)
    }

    private static let magics: [([UInt8], Self)] = [
        (Array("GIF87a".utf8), image("GIF")),
        (Array("GIF89a".utf8), image("GIF")),
        (Array("BM".utf8), image("BMP")),
        ([0x49, 0x49, 0x2A, 0x00], image("TIFF")),
        ([0x4D, 0x4D, 0x00, 0x2A], image("TIFF")),
        ([0x49, 0x49, 0x2B, 0x00], image("BigTIFF")),
        ([0x4D, 0x4D, 0x00, 0x2B], image("BigTIFF")),
        ([0xFF, 0x0A], image("JPEG XL")),
        ([0x00, 0x00, 0x00, 0x0C, 0x4A, 0x58, 0x4C, 0x20], image("JPEG XL")),
        ([0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50, 0x20, 0x20], image("JPEG 2000")),
        ([0xFF, 0x4F, 0xFF, 0x51], image("JPEG 2000")),
        ([0x00, 0x00, 0x01, 0x00], Self(name: "an icon (ICO)", plural: "icons (ICO)", isImage: true)),
        (Array("8BPS".utf8), Self(name: "a Photoshop document", plural: "Photoshop documents", isImage: true)),
        (Array("%PDF".utf8), Self(name: "a PDF document", plural: "PDF documents", isImage: false)),
        ([0x50, 0x4B, 0x03, 0x04], Self(name: "a ZIP archive", plural: "ZIP archives", isImage: false)),
        ([0x1F, 0x8B], Self(name: "a gzip archive", plural: "gzip archives", isImage: false)),
    ]

    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        if let (_, format) = Self.magics.first(where: { bytes.starts(withBytes: $0.0) }) {
            self = format
        } else if bytes.contains("RIFF", at: 0) && bytes.contains("WEBP", at: 8) {
            self = .image("WebP")
        } else if bytes.contains("ftyp", at: 4) {
            self.init(isoMedia: bytes)
        } else if let text = Self.text(bytes) {
            self = text
        } else {
            self.init(name: "of an unknown format", plural: "files of unknown formats", isImage: false)
        }
    }

    /// An ISO base media file, by its major brand.
    private init(isoMedia bytes: UnsafeRawBufferPointer) {
        func isBrand(_ brands: StaticString...) -> Bool { brands.contains { bytes.contains($0, at: 8) } }
        if isBrand("avif", "avis") {
            self = .image("AVIF", article: "an")
        } else if isBrand("heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1") {
            self = .image("HEIC")
        } else if isBrand("crx ") {
            self = .image("Canon raw")
        } else {
            self.init(
                name: "a video (MP4 or QuickTime)", plural: "videos (MP4 or QuickTime)", isImage: false)
        }
    }

    /// Text is what has no control characters but white space in its first bytes.
    private static func text(_ bytes: UnsafeRawBufferPointer) -> Self? {
        let start = bytes.prefix(ImageFormat.sniffedBytes)
        guard start.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }) else { return nil }
        let text = String(decoding: start, as: UTF8.self).lowercased()
        if text.contains("<svg") { return Self(name: "an SVG drawing", plural: "SVG drawings", isImage: true) }
        if text.contains("<html") || text.contains("<!doctype html") {
            return Self(name: "an HTML page", plural: "HTML pages", isImage: false)
        }
        return Self(name: "a text file", plural: "text files", isImage: false)
    }
}
