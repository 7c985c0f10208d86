/// The formats that ``decodeImage(_:options:)`` reads.
package enum ReadableFormat: String, CaseIterable, Sendable {
    case jpeg, png
    /// WebP, read if libwebp and libwebpdemux are installed.
    case webp
    /// HEIC and AVIF, read if libheif and a decoder of HEVC or AV1 are installed.
    case heic, avif
    /// The JPEG preview in a camera's raw file.
    case raw

    /// The format that a file name's extension stands for. A damaged file still has it.
    package init?(fileName: some BidirectionalCollection<UInt8>) {
        let ending = fileName.suffix(6).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        guard let dot = ending.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        switch String(decoding: ending[(dot + 1)...], as: UTF8.self) {
        case "jpg", "jpeg", "jpe", "jfif", "mpo": self = .jpeg
        case "png": self = .png
        case "webp": self = .webp
        case "heic", "heif", "hif": self = .heic
        case "avif": self = .avif
        case "cr2", "nef", "nrw", "arw", "sr2", "dng", "orf", "rw2", "rwl", "pef", "srw": self = .raw
        default: return nil
        }
    }
}

extension ReadableFormat {
    /// The format's name in messages.
    package var words: FormatWords {
        switch self {
        case .jpeg: .image("JPEG")
        case .png: .image("PNG")
        case .webp: .image("WebP")
        case .heic: .image("HEIC")
        case .avif: .image("AVIF", article: "an")
        case .raw: .image("raw")
        }
    }
}
