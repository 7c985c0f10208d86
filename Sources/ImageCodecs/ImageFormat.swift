/// What a file is, told by its content; names and extensions play no part.
enum ImageFormat: Equatable {
    case jpeg
    case png
    /// Something else, named for the error message: "a GIF image".
    case other(String)

    init(_ bytes: UnsafeRawBufferPointer) {
        if bytes.starts(withBytes: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(withBytes: pngSignature) {
            self = .png
        } else {
            self = .other(Self.describe(bytes))
        }
    }

    private static func describe(_ bytes: UnsafeRawBufferPointer) -> String {
        for (magic, name) in magics where bytes.starts(withBytes: magic) { return name }
        if bytes.contains("RIFF", at: 0) && bytes.contains("WEBP", at: 8) { return "a WebP image" }
        if bytes.contains("ftyp", at: 4) { return describeISOMedia(bytes) }
        return describeText(bytes) ?? "of an unknown format"
    }

    private static let magics: [([UInt8], String)] = [
        (Array("GIF87a".utf8), "a GIF image"),
        (Array("GIF89a".utf8), "a GIF image"),
        (Array("BM".utf8), "a BMP image"),
        ([0x49, 0x49, 0x2A, 0x00], "a TIFF image"),
        ([0x4D, 0x4D, 0x00, 0x2A], "a TIFF image"),
        ([0x49, 0x49, 0x2B, 0x00], "a BigTIFF image"),
        ([0x4D, 0x4D, 0x00, 0x2B], "a BigTIFF image"),
        ([0xFF, 0x0A], "a JPEG XL image"),
        ([0x00, 0x00, 0x00, 0x0C, 0x4A, 0x58, 0x4C, 0x20], "a JPEG XL image"),
        ([0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50, 0x20, 0x20], "a JPEG 2000 image"),
        ([0xFF, 0x4F, 0xFF, 0x51], "a JPEG 2000 image"),
        ([0x00, 0x00, 0x01, 0x00], "an icon (ICO)"),
        (Array("8BPS".utf8), "a Photoshop document"),
        (Array("%PDF".utf8), "a PDF document"),
        ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive"),
        ([0x1F, 0x8B], "a gzip archive"),
    ]

    private static func describeISOMedia(_ bytes: UnsafeRawBufferPointer) -> String {
        for brand: StaticString in ["avif", "avis"] where bytes.contains(brand, at: 8) { return "an AVIF image" }
        for brand: StaticString in ["heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"]
        where bytes.contains(brand, at: 8) { return "a HEIC image" }
        return "a video (MP4 or QuickTime)"
    }

    /// Text is what has no control characters but white space in its first bytes.
    private static func describeText(_ bytes: UnsafeRawBufferPointer) -> String? {
        let start = bytes.prefix(512)
        guard start.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }) else { return nil }
        let text = String(decoding: start, as: UTF8.self).lowercased()
        if text.contains("<svg") { return "an SVG drawing" }
        if text.contains("<html") || text.contains("<!doctype html") { return "an HTML page" }
        return "a text file"
    }
}

let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

/// Whether a file that begins with `bytes` claims to be an image that ``decodeImage(_:options:)``
/// reads. Eight bytes are enough to tell.
public func isDecodable(_ bytes: UnsafeRawBufferPointer) -> Bool {
    switch ImageFormat(bytes) {
    case .jpeg, .png: true
    case .other: false
    }
}
