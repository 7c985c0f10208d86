import CImages

/// Decodes a PNG file of any colour type, bit depth and interlacing.
func decodePNG(
    _ bytes: UnsafeRawBufferPointer, options: DecodeOptions, budget: inout DecodeBudget
) throws(ImageError) -> RGBImage {
    // IHDR comes first. libpng checks all of it later, but memory depends on these two fields now.
    guard bytes.contains("IHDR", at: 12), let width = bytes.bigEndian32(at: 16), let height = bytes.bigEndian32(at: 20)
    else { throw .corruptImage("the PNG header is missing or cut off") }
    try budget.admit(width: width, height: height, fileSize: bytes.count)

    guard let reader = png_reader_create(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count) else {
        throw .outOfMemory
    }
    defer { png_reader_destroy(reader) }
    func check(_ status: codec_status) throws(ImageError) {
        switch status {
        case CODEC_OK: return
        case CODEC_OUT_OF_MEMORY: throw .outOfMemory
        default: throw .corruptImage("PNG: \(String(cString: png_reader_message(reader)))")
        }
    }
    var header = png_reader_image()
    try check(png_reader_header(reader, &header))
    guard header.width == width, header.height == height else {
        throw .corruptImage("PNG: a second header contradicts the first")
    }
    try budget.admit(unpacked: header.stored_row_bytes * height, fileSize: bytes.count)
    let metadata = PNGMetadata(bytes)
    let upright = try UprightPixels(
        width: width, height: height, orientation: options.applyOrientation ? metadata.orientation : .upright,
        budget: &budget)

    let converter = try PNGPixels(header, transparency: metadata.transparency)
    let rowSize = width * Int(header.channels) * Int(header.bit_depth) / 8
    let band = UprightPixels.bandHeight(width: width)
    // The rows of an interlaced image all grow together.
    let bandHeight = header.is_interlaced != 0 ? height : min(band, height)
    var stored: ImageBuffer<UInt8>?
    if !converter.isIdentity || upright.rows(from: 0) == nil {
        if header.is_interlaced != 0 { try budget.reserve(rowSize * bandHeight) }
        stored = try ImageBuffer<UInt8>(count: rowSize * bandHeight)
    }
    let converted = try ImageBuffer<UInt8>(count: converter.isIdentity ? 0 : band * width * 3)
    for row in stride(from: 0, to: height, by: bandHeight) {
        let count = min(bandHeight, height - row)
        try check(png_reader_rows(reader, stored?.start ?? upright.rows(from: row), UInt32(count)))
        for first in stride(from: 0, to: count, by: band) {
            let rows = min(band, count - first)
            let inPlace = upright.rows(from: row + first)
            var pixels = inPlace ?? converted.start
            if let stored {
                let source = stored.start + first * rowSize
                if converter.isIdentity {
                    pixels = source
                } else {
                    converter.convert(source, to: pixels, count: rows * width)
                }
            }
            converter.whitenTransparentColour(pixels, count: rows * width)
            if inPlace == nil { upright.store(pixels, from: row + first, count: rows) }
        }
    }
    try check(png_reader_finish(reader))
    return upright.image(originalWidth: width, originalHeight: height)
}
