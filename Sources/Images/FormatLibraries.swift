import CImages

extension ReadableFormat {
    /// The library that reads the format, and its version; nil if it is not installed.
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
    package func obstacle(
        allowed formats: Set<ReadableFormat> = Set(ReadableFormat.allCases)
    ) -> FormatWords? {
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

extension HEIFLibrary {
    /// Returns true if the library has a decoder for the format.
    func reads(_ format: ReadableFormat) -> Bool {
        switch format {
        case .heic: readsHEIC
        case .avif: readsAVIF
        default: false
        }
    }
}
