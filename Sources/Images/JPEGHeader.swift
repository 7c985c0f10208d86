import Platform

/// The contents of a JPEG file's markers, before any pixel is decoded.
struct JPEGHeader {
    var width = 0
    var height = 0
    var components = 0
    var orientation = Orientation.upright

    /// Walks the marker segments up to the first scan.
    init(_ bytes: UnsafeRawBufferPointer) throws(ImageError) {
        var position = 2  // after the start-of-image marker
        var frameFound = false
        // EXIF of more than 64 kB is split over segments; the last XMP segment counts, as in Pillow.
        var exif: [UInt8] = [], xmp = bytes[..<0]
        while let marker = Self.nextMarker(bytes, at: &position) {
            if marker == 0xDA || marker == 0xD9 { break }  // start of scan, end of image
            if (0xD0...0xD7).contains(marker) || marker == 0x01 || marker == 0xD8 { continue }  // no parameters
            // A length below its own two bytes means an empty segment to libjpeg and Pillow.
            guard let length = bytes.bigEndian16(at: position).map({ max($0, 2) }), position + length <= bytes.count
            else {
                throw .corruptImage("JPEG: a marker segment is cut off")
            }
            let segment = UnsafeRawBufferPointer(rebasing: bytes[position + 2..<position + length])
            position += length
            switch marker {
            case 0xF7: throw .unsupportedFormat(found: "a JPEG-LS image")
            case 0xC0...0xCF where marker != 0xC4 && marker != 0xC8 && marker != 0xCC:
                try readFrame(marker: marker, segment)
                frameFound = true
            case 0xE1 where segment.contains("Exif\0\0", at: 0) && exif.count < Self.longestEXIF:
                exif += segment[6...]
            case 0xE1 where segment.contains(Self.xmpSignature, at: 0):
                xmp = bytes[position - length + 2 + Self.xmpSignature.utf8CodeUnitCount..<position]
            default: break
            }
        }
        guard frameFound else { throw .corruptImage("JPEG: no frame header") }
        orientation = exif.withUnsafeBytes { Orientation(exif: $0, xmp: UnsafeRawBufferPointer(rebasing: xmp)) }
    }

    private static let xmpSignature: StaticString = "http://ns.adobe.com/xap/1.0/\0"
    /// A limit, so that a file of nothing but EXIF takes no memory for it.
    private static let longestEXIF = 1 << 20

    private mutating func readFrame(marker: UInt8, _ segment: UnsafeRawBufferPointer) throws(ImageError) {
        guard let precision = segment.byte(at: 0), let height = segment.bigEndian16(at: 1),
            let width = segment.bigEndian16(at: 3), let components = segment.byte(at: 5)
        else { throw .corruptImage("JPEG: the frame header is cut off") }
        // Baseline, extended, progressive; Huffman or arithmetic coding.
        guard [0xC0, 0xC1, 0xC2, 0xC9, 0xCA].contains(marker) else {
            throw .unsupportedFormat(found: "a lossless or hierarchical JPEG image")
        }
        guard precision == 8 else { throw .unsupportedFormat(found: "a JPEG image of \(precision) bits per sample") }
        guard [1, 3, 4].contains(components) else {
            throw .unsupportedFormat(found: "a JPEG image of \(components) components")
        }
        (self.width, self.height, self.components) = (width, height, Int(components))
    }

    /// Returns the next marker code at or after `position`, and advances `position` past it. Bytes outside markers are
    /// skipped, as libjpeg does: entropy-coded data writes 0xFF as 0xFF00.
    private static func nextMarker(_ bytes: UnsafeRawBufferPointer, at position: inout Int) -> UInt8? {
        while position + 1 < bytes.count,
            let start = memchr(bytes.baseAddress! + position, 0xFF, bytes.count - 1 - position)
        {
            position = UnsafeRawPointer(start) - bytes.baseAddress! + 1
            let code = bytes[position]
            guard code == 0x00 || code == 0xFF else {
                position += 1
                return code
            }
        }
        return nil
    }
}
