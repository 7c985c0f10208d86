import CImages

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
    package var words: ImageFormat.OtherFormat {
        switch self {
        case .jpeg: .image("JPEG")
        case .png: .image("PNG")
        case .webp: .image("WebP")
        case .heic: .image("HEIC")
        case .avif: .image("AVIF", article: "an")
        case .raw: .image("raw")
        }
    }

    /// The program library that reads the format, and its version; nil if it is not installed.
    package var library: (name: String, version: String)? {
        switch self {
        case .jpeg, .raw: ("libjpeg-turbo", String(cString: jpeg_library_version()))
        case .png: ("libpng", String(cString: png_library_version()))
        case .webp: WebPLibrary.installed.map { ("libwebp", $0.version) }
        case .heic, .avif: HEIFLibrary.installed.flatMap { $0.reads(self) ? ("libheif", $0.version) : nil }
        }
    }

    /// Debian's package that is missing if ``library`` is nil.
    package var package: String {
        switch self {
        case .jpeg, .raw: "libjpeg62-turbo"
        case .png: "libpng16-16"
        case .webp: "libwebpdemux2"
        case .heic: HEIFLibrary.installed == nil ? "libheif1" : "libheif-plugin-libde265"
        case .avif: HEIFLibrary.installed == nil ? "libheif1" : "libheif-plugin-dav1d"
        }
    }

    /// The reason for which files of the format are not read, in words, with a remedy; nil if they are read.
    ///
    /// - Parameter formats: the formats that are allowed.
    package func obstacle(allowed formats: Set<ReadableFormat> = Set(ReadableFormat.allCases)) -> ImageFormat.OtherFormat? {
        var words = words
        if !formats.contains(self) {
            words.remedy = .allow
        } else if library == nil {
            words.remedy = .install(package: package)
        } else {
            return nil
        }
        return words
    }
}
