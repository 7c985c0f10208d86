import CImages

/// Decodes a PNG file of any colour type, bit depth and interlacing.
func decodePNG(
    _ bytes: UnsafeRawBufferPointer, options: DecodeOptions, budget: inout DecodeBudget
) throws(ImageError) -> RGBImage {
    // IHDR comes first; libpng checks all of it later, but memory depends on these two now.
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
    let upright = try UprightPixels(
        width: width, height: height, orientation: options.applyOrientation ? PNGMetadata(bytes).orientation : .upright,
        budget: &budget)

    let converter = PixelConverter(header)
    let rowSize = width * Int(header.channels) * Int(header.bit_depth) / 8
    // The rows of an interlaced image all grow together.
    let bandHeight = header.is_interlaced != 0 ? height : min(UprightPixels.bandHeight, height)
    var stored: ImageBuffer<UInt8>?
    if !converter.isIdentity || upright.rows(from: 0) == nil {
        if header.is_interlaced != 0 { try budget.reserve(rowSize * bandHeight) }
        stored = try ImageBuffer<UInt8>(count: rowSize * bandHeight)
    }
    let converted = try ImageBuffer<UInt8>(count: converter.isIdentity ? 0 : UprightPixels.bandHeight * width * 3)
    for row in stride(from: 0, to: height, by: bandHeight) {
        let count = min(bandHeight, height - row)
        try check(png_reader_rows(reader, stored?.start ?? upright.rows(from: row), UInt32(count)))
        for first in stride(from: 0, to: count, by: UprightPixels.bandHeight) {
            let rows = min(UprightPixels.bandHeight, count - first)
            let inPlace = upright.rows(from: row + first)
            var pixels = inPlace ?? converted.start
            if let stored {
                let source = stored.start + first * rowSize
                if converter.isIdentity { pixels = source } else { converter.convert(source, to: pixels, count: rows * width) }
            }
            converter.whiten(pixels, count: rows * width)
            if inPlace == nil { upright.store(pixels, from: row + first, count: rows) }
        }
    }
    try check(png_reader_finish(reader))
    return upright.image(originalWidth: width, originalHeight: height)
}

/// From the pixels of libpng to RGB.
private struct PixelConverter {
    private enum Layout { case rgb, rgba, gray16 }
    private let layout: Layout
    private let colorKey: (UInt8, UInt8, UInt8)?

    init(_ header: png_reader_image) {
        layout = header.bit_depth == 16 ? .gray16 : header.channels == 4 ? .rgba : .rgb
        // As Pillow compares them: 8-bit pixels with the low byte of the chunk's values, so that in an
        // image with 2, 4 or 16 bits a sample a match is mere chance. One bit is black or white.
        func sample(_ value: UInt16) -> UInt8 {
            header.is_one_bit_gray != 0 ? (value == 0 ? 0 : 255) : UInt8(truncatingIfNeeded: value)
        }
        let key = header.color_key
        colorKey = header.has_color_key != 0 ? (sample(key.0), sample(key.1), sample(key.2)) : nil
    }

    var isIdentity: Bool { layout == .rgb }

    func convert(_ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, count: Int) {
        switch layout {
        case .rgb: target.update(from: source, count: count * 3)
        case .rgba: compositeOnWhite(source, to: target, count: count)
        case .gray16: clipGray16(source, to: target, count: count)
        }
    }

    /// 16-bit gray as Pillow converts its mode `I;16` to RGB: clipped to 255, not scaled.
    private func clipGray16(_ gray: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, count: Int) {
        for i in 0..<count {
            let value = gray[2 * i] == 0 ? gray[2 * i + 1] : 255
            target[3 * i] = value
            target[3 * i + 1] = value
            target[3 * i + 2] = value
        }
    }

    /// `Image.alpha_composite` of RGBA on opaque white, in Pillow's integer arithmetic (AlphaComposite.c):
    /// both shares are weights with 7 extra bits, their sum is rounded once after division by 255.
    private func compositeOnWhite(_ rgba: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, count: Int) {
        for i in 0..<count {
            let alpha = UInt32(rgba[4 * i + 3])
            if alpha == 255 {
                for channel in 0..<3 { target[3 * i + channel] = rgba[4 * i + channel] }
                continue
            }
            for channel in 0..<3 {
                let sum = (UInt32(rgba[4 * i + channel]) &* alpha &+ 255 &* (255 &- alpha)) << 7 &+ (0x80 << 7)
                target[3 * i + channel] = UInt8(truncatingIfNeeded: (((sum >> 8) &+ sum) >> 8) >> 7)
            }
        }
    }

    /// Turns pixels of the one transparent colour of a tRNS chunk white.
    func whiten(_ pixels: UnsafeMutablePointer<UInt8>, count: Int) {
        guard let key = colorKey else { return }
        for pixel in stride(from: pixels, to: pixels + count * 3, by: 3)
        where pixel[0] == key.0 && pixel[1] == key.1 && pixel[2] == key.2 {
            pixel.update(repeating: 255, count: 3)
        }
    }
}
