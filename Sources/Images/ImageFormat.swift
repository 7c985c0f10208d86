/// What a file is, told by its content; names and extensions play no part.
package enum ImageFormat: Equatable, Sendable {
    case jpeg, png, webp, heic, avif
    /// A camera's raw file in a TIFF container.
    case raw
    /// A TIFF file, which may be a camera's raw file, too: its first bytes do not say.
    case tiff
    case other(OtherFormat)

    /// A format that is not read, in words.
    package struct OtherFormat: Hashable, Sendable {
        /// "a GIF image", or "of an unknown format".
        package let name: String
        /// "GIF images".
        package let plural: String
        /// Whether it is a picture, which somebody might miss, and not a text or a video.
        package let isImage: Bool
        package var remedy = Remedy.convert
    }

    /// What makes a file of a format readable.
    package enum Remedy: Hashable, Sendable {
        case convert
        /// Debian's package that is missing.
        case install(package: String)
        /// The format is left out on purpose.
        case allow
    }

    /// How many of a file's first bytes say what it is.
    package static let sniffedBytes = 512

    /// - Parameter start: the first ``sniffedBytes`` of a file or more; fewer if it is shorter.
    package init(_ start: UnsafeRawBufferPointer) {
        if start.starts(withBytes: [0xFF, 0xD8, 0xFF]) {
            self = start.byte(at: 3) == 0xF7 ? .other(.image("JPEG-LS")) : .jpeg
        } else if start.starts(withBytes: pngSignature) {
            // Xcode's PNG for iOS, which PNG readers do not understand.
            self = start.contains("CgBI", at: 12) ? .other(.image("CgBI")) : .png
        } else if start.contains("RIFF", at: 0) && start.contains("WEBP", at: 8) {
            self = .webp
        } else if rawSignatures.contains(where: { start.starts(withBytes: $0) }) {
            self = .raw
        } else if tiffSignatures.contains(where: { start.starts(withBytes: $0) }) {
            self = start.contains("CR", at: 8) ? .raw : .tiff
        } else if start.contains("ftyp", at: 4) {
            self.init(isoMedia: start)
        } else {
            self = .other(OtherFormat(start))
        }
    }

    /// An ISO base media file, by its brands: the first one, or the others where that only says HEIF.
    private init(isoMedia start: UnsafeRawBufferPointer) {
        func isBrand(_ brands: [StaticString], at offset: Int) -> Bool { brands.contains { start.contains($0, at: offset) } }
        let end = min(start.bigEndian32(at: 0) ?? 0, start.count)
        let offsets = isBrand(["mif1", "mif2", "msf1", "miaf"], at: 8) ? [8] + Array(stride(from: 16, to: end - 3, by: 4)) : [8]
        if offsets.contains(where: { isBrand(["avif", "avis"], at: $0) }) {
            self = .avif
        } else if isBrand(["heic", "heix", "hevc", "hevx", "heim", "heis", "hevm", "hevs"], at: 8) || offsets.count > 1
            || isBrand(["mif1", "mif2", "msf1", "miaf"], at: 8)
        {
            self = .heic
        } else if isBrand(["crx "], at: 8) {
            self = .other(.image("Canon raw (CR3)"))
        } else {
            self = .other(.file("a video (MP4 or QuickTime)", "videos (MP4 or QuickTime)"))
        }
    }

    /// The format in which ``decodeImage(_:options:)`` reads it, if it does. Of TIFF files only raw ones are.
    package var readable: ReadableFormat? {
        switch self {
        case .jpeg: .jpeg
        case .png: .png
        case .webp: .webp
        case .heic: .heic
        case .avif: .avif
        case .raw, .tiff: .raw
        case .other: nil
        }
    }

    /// How messages call files of the format.
    package var words: OtherFormat {
        switch self {
        case .other(let format): format
        case .tiff: .tiff
        case .jpeg, .png, .webp, .heic, .avif, .raw: readable!.words
        }
    }

    /// Whether ``decodeImage(_:options:)`` reads it, given the libraries for it.
    package var isDecodable: Bool { readable != nil }

    /// Why files of the format are not read, in words; nil if they are.
    ///
    /// - Parameter formats: those that are allowed.
    package func obstacle(allowed formats: Set<ReadableFormat> = Set(ReadableFormat.allCases)) -> OtherFormat? {
        switch self {
        case .other(let format): format
        default: readable?.obstacle(allowed: formats)
        }
    }
}

let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
private let tiffSignatures: [[UInt8]] = [[0x49, 0x49, 0x2A, 0x00], [0x4D, 0x4D, 0x00, 0x2A]]
/// Panasonic's, and three of Olympus': TIFF with another version number.
private let rawSignatures = [[0x49, 0x49, 0x55, 0x00], Array("IIRO".utf8), Array("IIRS".utf8), Array("MMOR".utf8)]

extension ImageFormat.OtherFormat {
    static func image(_ name: String, article: String = "a") -> Self {
        Self(name: "\(article) \(name) image", plural: "\(name) images", isImage: true)
    }

    /// A TIFF file that is no raw file.
    package static let tiff = image("TIFF")

    static func file(_ name: String, _ plural: String, isImage: Bool = false) -> Self {
        Self(name: name, plural: plural, isImage: isImage)
    }

    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        self = knownFormat(bytes) ?? Self.text(bytes) ?? .file("of an unknown format", "files of unknown formats")
    }

    /// Text is what has no control characters but white space in its first bytes.
    private static func text(_ bytes: UnsafeRawBufferPointer) -> Self? {
        let start = bytes.prefix(ImageFormat.sniffedBytes)
        guard start.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }) else { return nil }
        let text = String(decoding: start, as: UTF8.self).lowercased()
        if text.contains("<svg") { return .file("an SVG drawing", "SVG drawings", isImage: true) }
        if text.contains("<html") || text.contains("<!doctype html") {
            return .file("an HTML page", "HTML pages")
        }
        return .file("a text file", "text files")
    }
}
