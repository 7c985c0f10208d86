/// Identifies a format that is not read by the first bytes of its files.
func knownFormat(_ start: UnsafeRawBufferPointer) -> FormatWords? {
    if let (_, format) = signatures.first(where: { start.starts(withBytes: $0.0) }) { return format }
    if start.contains("DICM", at: 128) { return .image("DICOM") }
    return isNetpbm(start) ? .image("PPM, PGM or PBM") : nil
}

/// Returns true for "P" and a digit of 1 to 7, or PFM's "PF" or "Pf", before white space.
private func isNetpbm(_ start: UnsafeRawBufferPointer) -> Bool {
    guard start.byte(at: 0) == UInt8(ascii: "P"), let kind = start.byte(at: 1), let space = start.byte(at: 2) else {
        return false
    }
    return "1234567Ff".utf8.contains(kind) && (space == 0x20 || (0x09...0x0D).contains(space))
}

private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Signatures of formats; a longer one stands before its own prefix.
private let signatures: [([UInt8], FormatWords)] = [
    (text("GIF87a"), .image("GIF")),
    (text("GIF89a"), .image("GIF")),
    (text("BM"), .image("BMP")),
    ([0x49, 0x49, 0x2B, 0x00], .image("BigTIFF")),
    ([0x4D, 0x4D, 0x00, 0x2B], .image("BigTIFF")),
    ([0xFF, 0x0A], .image("JPEG XL")),
    ([0x00, 0x00, 0x00, 0x0C, 0x4A, 0x58, 0x4C, 0x20], .image("JPEG XL")),
    ([0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50, 0x20, 0x20], .image("JPEG 2000")),
    ([0xFF, 0x4F, 0xFF, 0x51], .image("JPEG 2000")),
    ([0xFF, 0x10, 0xFF, 0x50], .image("JPEG XS")),
    ([0x49, 0x49, 0xBC, 0x01], .image("JPEG XR")),
    ([0x49, 0x49, 0xBC, 0x00], .image("JPEG XR")),
    (text("FUJIFILMCCD-RAW"), .image("Fujifilm raw (RAF)")),
    (text("FOVb"), .image("Sigma raw (X3F)")),
    ([0x00, 0x4D, 0x52, 0x4D], .image("Minolta raw (MRW)")),
    ([0x49, 0x49, 0x1A, 0x00, 0x00, 0x00] + text("HEAPCCDR"), .image("Canon raw (CRW)")),
    ([0x76, 0x2F, 0x31, 0x01], .image("OpenEXR", article: "an")),
    (text("qoif"), .image("QOI")),
    (text("#?RADIANCE"), .image("Radiance HDR")),
    (text("#?RGBE"), .image("Radiance HDR")),
    (text("DDS "), .image("DDS")),
    (text("BPG") + [0xFB], .image("BPG")),
    (text("FLIF"), .image("FLIF")),
    (text("farbfeld"), .image("farbfeld")),
    (text("gimp xcf"), .image("GIMP (XCF)")),
    (text("icns"), .file("an icon (ICNS)", "icons (ICNS)", isImage: true)),
    ([0x00, 0x00, 0x01, 0x00], .file("an icon (ICO)", "icons (ICO)", isImage: true)),
    ([0x00, 0x00, 0x02, 0x00], .file("a cursor (CUR)", "cursors (CUR)", isImage: true)),
    (text("8BPS"), .file("a Photoshop document", "Photoshop documents", isImage: true)),
    (text("AT&TFORM"), .file("a DjVu document", "DjVu documents", isImage: true)),
    ([0x8A] + text("MNG"), .image("MNG")),
    ([0x8B] + text("JNG"), .image("JNG")),
    (text("SIMPLE  ="), .image("FITS")),
    (text("SDPX"), .image("DPX")),
    (text("XPDS"), .image("DPX")),
    ([0x59, 0xA6, 0x6A, 0x95], .image("Sun raster")),
    (text("/* XPM */"), .image("XPM", article: "an")),
    (text("%!PS-Adobe"), .file("a PostScript document", "PostScript documents")),
    (text("SQLite format 3") + [0], .file("an SQLite database", "SQLite databases")),
    (text("%PDF"), .file("a PDF document", "PDF documents")),
    ([0x50, 0x4B, 0x03, 0x04], .file("a ZIP archive", "ZIP archives")),
    ([0x1F, 0x8B], .file("a gzip archive", "gzip archives")),
]
