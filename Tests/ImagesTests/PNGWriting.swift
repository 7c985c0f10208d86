/// A black gray PNG whose image data are stored, not compressed, and go on for `extra` bytes.
///
/// - Parameter piece: bytes of image data in a chunk.
func storedPNG(width: Int, height: Int, extra: Int = 0, piece: Int = .max) -> [UInt8] {
    let rows = [UInt8](repeating: 0, count: (width + 1) * height + extra)
    var stream: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: rows.count, by: 0xFFFF) {
        let block = rows[start..<min(start + 0xFFFF, rows.count)]
        let length = UInt16(block.count)
        stream.append(block.endIndex == rows.count ? 1 : 0)
        for half in [length, ~length] { stream += [UInt8(truncatingIfNeeded: half), UInt8(half >> 8)] }
        stream += block
    }
    return png(width: width, height: height, colorType: 0, stream: stream, zeros: rows.count, piece: piece)
}

/// An RGBA PNG of zeros, a hundred and sixty times smaller than these.
func packedPNG(width: Int, height: Int) -> [UInt8] {
    let zeros = (4 * width + 1) * height
    // One last block in the fixed code of RFC 1951: literal zeros, and matches of 258 bytes at distance 1.
    let (literal, match, end) = ("00110000", "1100010100000", "0000000")
    let matches = (zeros - 1) / 258
    let bits = "110" + String(repeating: literal, count: zeros - 258 * matches) + String(repeating: match, count: matches) + end
    var bytes = [UInt8](repeating: 0, count: (bits.utf8.count + 7) / 8)
    for (index, bit) in bits.utf8.enumerated() where bit == UInt8(ascii: "1") { bytes[index / 8] |= 1 << UInt8(index % 8) }
    return png(width: width, height: height, colorType: 6, stream: [0x78, 0x01] + bytes, zeros: zeros)
}

/// - Parameters:
///   - stream: zlib's, without its checksum.
///   - zeros: how many it unpacks to.
private func png(width: Int, height: Int, colorType: UInt8, stream: [UInt8], zeros: Int, piece: Int = .max) -> [UInt8] {
    let stream = stream + bigEndian(UInt32(zeros % 65_521) << 16 | 1)  // Adler-32
    let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, colorType, 0, 0, 0]
    let pieces = stride(from: 0, to: stream.count, by: min(piece, stream.count)).flatMap { start in
        chunk("IDAT", Array(stream[start..<min(start + min(piece, stream.count), stream.count)]))
    }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + pieces + chunk("IEND", [])
}

private func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let typed = Array(type.utf8) + data
    return bigEndian(UInt32(data.count)) + typed + bigEndian(crc32(typed[...]))
}

private func bigEndian(_ value: UInt32) -> [UInt8] {
    stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
}

/// The file with the checksum of every chunk put right.
func withRightCRCs(_ png: [UInt8]) -> [UInt8] {
    var png = png, position = 8
    while position + 12 <= png.count {
        let length = png[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
        let end = position + 8 + length
        guard end + 4 <= png.count else { break }
        png.replaceSubrange(end..<end + 4, with: bigEndian(crc32(png[position + 4..<end])))
        position = end + 4
    }
    return png
}

private func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { crc, byte in
        (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 0 ? 0 : 0xEDB8_8320) }
    }
}
