/// What a JPEG file's markers say before any pixel is decoded.
struct JPEGHeader {
    var width = 0
    var height = 0
    var components = 0
    var orientation = Orientation.upright

    /// Walks the marker segments up to the frame header and, for the EXIF block, on to the scan.
    init(_ bytes: UnsafeRawBufferPointer) throws(ImageError) {
        var position = 2  // after the start-of-image marker
        var frameFound = false, exifFound = false
        while let marker = Self.nextMarker(bytes, at: &position) {
            if marker == 0xDA || marker == 0xD9 { break }  // start of scan, end of image
            if (0xD0...0xD7).contains(marker) || marker == 0x01 || marker == 0xD8 { continue }  // no parameters
            guard let length = bytes.bigEndian16(at: position), length >= 2, position + length <= bytes.count else {
                throw .corruptImage("JPEG: a marker segment is cut off")
            }
            let segment = UnsafeRawBufferPointer(rebasing: bytes[position + 2..<position + length])
            position += length
            switch marker {
            case 0xC0...0xCF where marker != 0xC4 && marker != 0xC8 && marker != 0xCC:
                try readFrame(marker: marker, segment)
                frameFound = true
            case 0xE1 where !exifFound && segment.contains("Exif\0\0", at: 0):
                orientation = Orientation(exif: UnsafeRawBufferPointer(rebasing: segment[6...]))
                exifFound = true
            default: break
            }
        }
        guard frameFound else { throw .corruptImage("JPEG: no frame header") }
    }

    private mutating func readFrame(marker: UInt8, _ segment: UnsafeRawBufferPointer) throws(ImageError) {
        guard let precision = segment.byte(at: 0), let height = segment.bigEndian16(at: 1),
            let width = segment.bigEndian16(at: 3), let components = segment.byte(at: 5)
        else { throw .corruptImage("JPEG: the frame header is cut off") }
        // Baseline, extended, progressive; Huffman or arithmetic coding.
        guard [0xC0, 0xC1, 0xC2, 0xC9, 0xCA].contains(marker) else {
            throw .unsupportedFormat(found: "a lossless or hierarchical JPEG image")
        }
        guard precision == 8 else { throw .unsupportedFormat(found: "a JPEG image of \(precision) bits a sample") }
        guard [1, 3, 4].contains(components) else {
            throw .unsupportedFormat(found: "a JPEG image of \(components) components")
        }
        (self.width, self.height, self.components) = (width, height, Int(components))
    }

    /// Whether an end-of-image marker follows the scans: without one the file ends early.
    static func hasEndOfImage(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var position = 2
        while let marker = nextMarker(bytes, at: &position) {
            switch marker {
            case 0xD9: return true
            case 0x01, 0xD0...0xD8: continue
            default: position += bytes.bigEndian16(at: position) ?? bytes.count
            }
        }
        return false
    }

    /// The next marker code at or after `position`, which moves behind it. Bytes that belong to no
    /// marker are skipped, as libjpeg does: entropy-coded data writes 0xFF as 0xFF00.
    private static func nextMarker(_ bytes: UnsafeRawBufferPointer, at position: inout Int) -> UInt8? {
        while position + 1 < bytes.count {
            let isMarker = bytes[position] == 0xFF && bytes[position + 1] != 0x00 && bytes[position + 1] != 0xFF
            position += isMarker ? 2 : 1
            if isMarker { return bytes[position - 1] }
        }
        return nil
    }
}
