/// The orientation in a file's metadata, found as Pillow's `ImageOps.exif_transpose` finds it: EXIF first; XMP if EXIF
/// has no such tag. A malformed value means upright.
extension Orientation {
    /// - Parameters:
    ///   - exif: a TIFF header and its directories, after "Exif" and two zeros once, twice or not at all.
    ///   - xmp: XML.
    init(exif: UnsafeRawBufferPointer, xmp: UnsafeRawBufferPointer) {
        let value = exifOrientation(exif) ?? xmpOrientation(xmp)
        self = value.flatMap(Orientation.init(rawValue:)) ?? .upright
    }
}

/// Tag 0x0112 of the first directory; nil if it is absent, zero if it is not a whole number.
///
/// Counts and offsets in it come from the file and may have any value. They are used as far as Pillow's
/// `ImageFileDirectory_v2.load` (TiffImagePlugin.py) uses them.
private func exifOrientation(_ exif: UnsafeRawBufferPointer) -> Int? {
    var exif = exif
    for _ in 0..<2 where exif.contains("Exif\0\0", at: 0) { exif = UnsafeRawBufferPointer(rebasing: exif[6...]) }
    // The second is 42 in the other byte order, which Pillow accepts.
    guard let tiff = TIFFBytes(exif), let version = tiff.read(UInt16.self, at: 2), version == 42 || version == 42 << 8,
        let directory = tiff.read(UInt32.self, at: 4).map(Int.init),
        let entries = tiff.read(UInt16.self, at: directory)
    else { return nil }
    var dataSize = 0
    for entry in 0..<Int(entries) {
        let offset = directory + 2 + entry * 12
        guard let tag = tiff.read(UInt16.self, at: offset), let type = tiff.read(UInt16.self, at: offset + 2),
            let count = tiff.read(UInt32.self, at: offset + 4).map(Int.init),
            let stored = tiff.read(UInt32.self, at: offset + 8).map(Int.init)
        else { return nil }
        guard let unit = TIFFBytes.size(of: type) else { continue }
        let size = count * unit
        if size > 4 {
            dataSize += size
            guard dataSize <= exif.count else { continue }
            guard stored + size <= exif.count else { return nil }
        }
        guard tag == 0x0112, count > 0 else { continue }
        return tiff.number(type, at: size > 4 ? stored : offset + 8).flatMap(Int.init(exactly:)) ?? 0
    }
    return nil
}

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
