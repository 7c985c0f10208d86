/// A black gray PNG whose image data are stored, not compressed, and go on for `extra` bytes.
func storedPNG(width: Int, height: Int, extra: Int) -> [UInt8] {
    let rows = [UInt8](repeating: 0, count: (width + 1) * height + extra)
    var stream: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: rows.count, by: 0xFFFF) {
        let block = rows[start..<min(start + 0xFFFF, rows.count)]
        let length = UInt16(block.count)
        stream.append(block.endIndex == rows.count ? 1 : 0)
        for half in [length, ~length] { stream += [UInt8(truncatingIfNeeded: half), UInt8(half >> 8)] }
        stream += block
    }
    // Adler-32 of zeros.
    stream += bigEndian(UInt32(rows.count % 65_521) << 16 | 1)
    let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 0, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + chunk("IDAT", stream) + chunk("IEND", [])
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
