import CImages
import Platform

/// The chunks of a PNG file that can hold an orientation, before or after its pixels: `eXIf`, `tEXt` "exif" or "Raw
/// profile type exif" (ImageMagick's, in hexadecimal), and XMP; and `tRNS`, which comes before the pixels. The last one
/// of each kind counts, as in Pillow's PngImagePlugin.py.
///
/// libpng verifies the checksums. At most two compressed texts are unpacked, each up to Pillow's limit.
struct PNGMetadata {
    /// The data of `tRNS`. libpng ignores a chunk that is longer than needed; Pillow does not.
    private(set) var transparency: UnsafeRawBufferPointer?
    private var exif: UnsafeRawBufferPointer?
    private var profile: Text?
    private var xmp: Text?

    private struct Text {
        let bytes: UnsafeRawBufferPointer
        let isCompressed: Bool
    }

    /// Pillow's `MAX_TEXT_CHUNK`.
    private static let longestText = 1 << 20

    init(_ file: UnsafeRawBufferPointer) {
        var position = pngSignature.count, isBeforePixels = true
        while let length = file.bigEndian32(at: position), length <= file.count - position - 12 {
            let data = UnsafeRawBufferPointer(rebasing: file[position + 8..<position + 8 + length])
            switch file.bigEndian32(at: position + 4) {
            case 0x6558_4966: exif = data  // eXIf
            case 0x7445_5874: addText(data)  // tEXt
            case 0x7A54_5874: addCompressedText(data)  // zTXt
            case 0x6954_5874: addInternationalText(data)  // iTXt
            case 0x7452_4E53 where isBeforePixels: transparency = data  // tRNS
            case 0x4944_4154: isBeforePixels = false  // IDAT
            case 0x4945_4E44: return  // IEND
            default: break
            }
            position += 12 + length
        }
    }

    var orientation: Orientation {
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        return withText(xmp) { xmp in
            if let exif { return Orientation(exif: exif, xmp: xmp) }
            return withText(profile) { profile in
                let exif = Self.decodeProfile(profile)
                return exif.withUnsafeBytes { Orientation(exif: $0.isEmpty ? none : $0, xmp: xmp) }
            }
        }
    }

    private mutating func add(_ text: Text, under keyword: UnsafeRawBufferPointer) {
        guard !text.bytes.isEmpty else { return }
        if keyword.elementsEqual("Raw profile type exif".utf8) { profile = text }
        if keyword.elementsEqual("XML:com.adobe.xmp".utf8) { xmp = text }
    }

    private mutating func addText(_ data: UnsafeRawBufferPointer) {
        guard let (keyword, text) = data.splitAtZero() else { return }
        if keyword.elementsEqual("exif".utf8) { exif = text }
        add(Text(bytes: text, isCompressed: false), under: keyword)
    }

    private mutating func addCompressedText(_ data: UnsafeRawBufferPointer) {
        guard let (keyword, text) = data.splitAtZero(), text.byte(at: 0) == 0 else { return }
        add(Text(bytes: UnsafeRawBufferPointer(rebasing: text[1...]), isCompressed: true), under: keyword)
    }

    /// Reads keyword, compression flag and method, language, translated keyword, text.
    private mutating func addInternationalText(_ data: UnsafeRawBufferPointer) {
        guard let (keyword, rest) = data.splitAtZero(), let flag = rest.byte(at: 0), let method = rest.byte(at: 1),
            flag == 0 || method == 0,
            let (_, translation) = UnsafeRawBufferPointer(rebasing: rest[2...]).splitAtZero(),
            let (_, text) = translation.splitAtZero()
        else { return }
        add(Text(bytes: text, isCompressed: flag != 0), under: keyword)
    }

    /// Calls `body` with the unpacked text, or with an empty one if there is none or it is not valid.
    private func withText(_ text: Text?, _ body: (UnsafeRawBufferPointer) -> Orientation) -> Orientation {
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        guard let text else { return body(none) }
        guard text.isCompressed else { return body(text.bytes) }
        guard let out = malloc(Self.longestText) else { return body(none) }
        defer { free(out) }
        let count = zlib_inflate(text.bytes.baseAddress, text.bytes.count, out, Self.longestText)
        return body(UnsafeRawBufferPointer(start: out, count: count))
    }

    /// Decodes ImageMagick's format: an empty line, the profile's name, its length, and lines of hexadecimal digits.
    private static func decodeProfile(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        var lines = 0
        var digits: [UInt8] = []
        for byte in text.prefix(longestText) {
            if lines < 3 {
                if byte == UInt8(ascii: "\n") { lines += 1 }
            } else if let digit = Character(UnicodeScalar(byte)).hexDigitValue {
                digits.append(UInt8(digit))
            } else if !(0x09...0x0D).contains(byte) && byte != 0x20 {
                return []
            }
        }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

extension UnsafeRawBufferPointer {
    /// The bytes before the first zero byte, and those after it.
    fileprivate func splitAtZero() -> (UnsafeRawBufferPointer, UnsafeRawBufferPointer)? {
        guard let zero = firstIndex(of: 0) else { return nil }
        return (UnsafeRawBufferPointer(rebasing: self[..<zero]), UnsafeRawBufferPointer(rebasing: self[(zero + 1)...]))
    }
}
