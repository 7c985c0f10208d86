/// The format of a file, detected from its content; names and extensions are ignored.
package enum ImageFormat: Equatable, Sendable {
    case jpeg, png, webp, heic, avif
    /// A camera's raw file in a TIFF container.
    case raw
    /// A TIFF file, possibly a camera's raw file; the first bytes do not distinguish them.
    case tiff
    case other(FormatWords)

    /// The number of leading bytes that identify a format.
    package static let sniffedBytes = 512

    /// Detects the format.
    ///
    /// - Parameter start: at least the first ``sniffedBytes`` of a file; fewer if it is shorter.
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
            self = .other(
                knownFormat(start) ?? text(start) ?? .file("of an unknown format", "files of unknown formats"))
        }
    }

    /// Identifies an ISO base media file by its brands: the first one, or the others if that only means HEIF.
    private init(isoMedia start: UnsafeRawBufferPointer) {
        func isBrand(_ brands: [StaticString], at offset: Int) -> Bool {
            brands.contains { start.contains($0, at: offset) }
        }
        let end = min(start.bigEndian32(at: 0) ?? 0, start.count)
        let saysOnlyHEIF = isBrand(["mif1", "mif2", "msf1", "miaf"], at: 8)
        let offsets = saysOnlyHEIF ? [8] + Array(stride(from: 16, to: end - 3, by: 4)) : [8]
        if offsets.contains(where: { isBrand(["avif", "avis"], at: $0) }) {
            self = .avif
        } else if saysOnlyHEIF || isBrand(["heic", "heix", "hevc", "hevx", "heim", "heis", "hevm", "hevs"], at: 8) {
            self = .heic
        } else if isBrand(["crx "], at: 8) {
            self = .other(.image("Canon raw (CR3)"))
        } else {
            self = .other(.file("a video (MP4 or QuickTime)", "videos (MP4 or QuickTime)"))
        }
    }

    /// The format in which ``decodeImage(_:options:)`` reads the file; nil if it does not. Of TIFF files only raw ones
    /// are read.
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

    /// The format's name in messages.
    package var words: FormatWords {
        switch self {
        case .other(let format): format
        case .tiff: .tiff
        case .jpeg, .png, .webp, .heic, .avif, .raw: readable!.words
        }
    }

    /// True if ``decodeImage(_:options:)`` reads the format, given the libraries for it.
    package var isDecodable: Bool { readable != nil }

    /// The reason for which files of the format are not read, in words; nil if they are.
    ///
    /// - Parameter formats: the formats that are allowed.
    package func obstacle(allowed formats: Set<ReadableFormat> = Set(ReadableFormat.allCases)) -> FormatWords? {
        switch self {
        case .other(let format): format
        default: readable?.obstacle(allowed: formats)
        }
    }
}

let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
private let tiffSignatures: [[UInt8]] = [[0x49, 0x49, 0x2A, 0x00], [0x4D, 0x4D, 0x00, 0x2A]]
/// Signatures of Panasonic's raw files and three of Olympus': TIFF with another version number.
private let rawSignatures = [[0x49, 0x49, 0x55, 0x00], Array("IIRO".utf8), Array("IIRS".utf8), Array("MMOR".utf8)]

/// Text has no control characters except white space in its first bytes.
private func text(_ bytes: UnsafeRawBufferPointer) -> FormatWords? {
    let start = bytes.prefix(ImageFormat.sniffedBytes)
    guard start.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }) else { return nil }
    let text = String(decoding: start, as: UTF8.self).lowercased()
    if text.contains("<svg") { return .file("an SVG drawing", "SVG drawings", isImage: true) }
    if text.contains("<html") || text.contains("<!doctype html") { return .file("an HTML page", "HTML pages") }
    return .file("a text file", "text files")
}
