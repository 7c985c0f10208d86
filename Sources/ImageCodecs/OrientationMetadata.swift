/// Where metadata say how to turn a picture, as Pillow's `ImageOps.exif_transpose` looks for it:
/// EXIF first; XMP if EXIF has no such tag. What does not make sense is upright.
extension Orientation {
    /// - Parameters:
    ///   - exif: a TIFF header and its directories, after "Exif" and two zeros once, twice or not at all.
    ///   - xmp: XML.
    init(exif: UnsafeRawBufferPointer, xmp: UnsafeRawBufferPointer) {
        let value = exifOrientation(exif) ?? xmpOrientation(xmp)
        self = value.flatMap(Orientation.init(rawValue:)) ?? .upright
    }
}

/// Tag 0x0112 of the first directory. `nil` if it is not there; zero if it is no number.
///
/// Counts and offsets in it come from the file and may say anything. They are believed as far as
/// Pillow's `ImageFileDirectory_v2.load` (TiffImagePlugin.py) believes them.
private func exifOrientation(_ exif: UnsafeRawBufferPointer) -> Int? {
    var exif = exif
    for _ in 0..<2 where exif.contains("Exif\0\0", at: 0) { exif = UnsafeRawBufferPointer(rebasing: exif[6...]) }
    let littleEndian = exif.contains("II", at: 0)
    guard littleEndian || exif.contains("MM", at: 0) else { return nil }
    func read16(_ offset: Int) -> Int? {
        exif.bigEndian16(at: offset).map { littleEndian ? Int(UInt16($0).byteSwapped) : $0 }
    }
    func read32(_ offset: Int) -> Int? {
        exif.bigEndian32(at: offset).map { littleEndian ? Int(UInt32($0).byteSwapped) : $0 }
    }
    // The second is 42 in the other byte order, which Pillow forgives.
    guard let version = read16(2), version == 42 || version == 42 << 8,
        let directory = read32(4), let entries = read16(directory)
    else { return nil }
    var dataSize = 0
    for entry in 0..<entries {
        let offset = directory + 2 + entry * 12
        guard let tag = read16(offset), let type = read16(offset + 2), let count = read32(offset + 4),
            let stored = read32(offset + 8)
        else { return nil }
        guard let unit = sizes[type] else { continue }
        let size = count * unit
        if size > 4 {
            dataSize += size
            guard dataSize <= exif.count else { continue }
            guard stored + size <= exif.count else { return nil }
        }
        guard tag == 0x0112 else { continue }
        let value = size > 4 ? stored : offset + 8
        switch type {
        case _ where count == 0: return 0
        case 6: return exif.byte(at: value).map(Int.init)  // SBYTE
        case 3, 8: return read16(value)  // SHORT, what the standard says, or SSHORT
        case 4, 9, 13: return read32(value)  // LONG, SLONG or IFD
        default: return 0
        }
    }
    return nil
}

/// Bytes of a value of each TIFF type: BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED, SSHORT,
/// SLONG, SRATIONAL, FLOAT, DOUBLE, IFD, LONG8.
private let sizes = [1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8]

/// The digit after the first `tiff:Orientation="` or `tiff:Orientation>`.
private func xmpOrientation(_ xmp: UnsafeRawBufferPointer) -> Int? {
    let name: StaticString = "tiff:Orientation"
    let nameEnd = name.utf8CodeUnitCount
    guard xmp.count > nameEnd else { return nil }
    for start in 0..<xmp.count - nameEnd where xmp.contains(name, at: start) {
        let separator = xmp.contains("=\"", at: start + nameEnd) ? 2 : xmp.contains(">", at: start + nameEnd) ? 1 : 0
        guard separator > 0, let digit = xmp.byte(at: start + nameEnd + separator), (0x30...0x39).contains(digit)
        else { continue }
        return Int(digit) - 0x30
    }
    return nil
}
