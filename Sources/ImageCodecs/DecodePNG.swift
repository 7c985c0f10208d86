import CPNGReader

/// Decodes a PNG file of any colour type, bit depth and interlacing.
func decodePNG(
    _ bytes: UnsafeRawBufferPointer, options: DecodeOptions
) throws(ImageError) -> (image: RGBImage, orientation: Orientation) {
    // IHDR comes first; libpng checks all of it later, but memory depends on these two now.
    guard bytes.contains("IHDR", at: 12), let width = bytes.bigEndian32(at: 16), let height = bytes.bigEndian32(at: 20)
    else { throw .corruptImage("the PNG header is missing or cut off") }
    try checkSize(width: width, height: height, options: options)

    guard let reader = png_reader_create(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count) else {
        throw .corruptImage("libpng could not start reading it: out of memory")
    }
    defer { png_reader_destroy(reader) }
    func libpngError() -> ImageError { .corruptImage("PNG: \(String(cString: png_reader_message(reader)))") }

    var header = png_reader_image()
    guard png_reader_header(reader, &header) == 0 else { throw libpngError() }
    guard header.width == width, header.height == height else {
        throw .corruptImage("PNG: a second header contradicts the first")
    }
    let byteCount = width * height * Int(header.channels) * Int(header.bit_depth) / 8
    var samples = [UInt8](repeating: 0, count: byteCount)
    let status = samples.withUnsafeMutableBufferPointer { png_reader_pixels(reader, $0.baseAddress, &header) }
    guard status == 0 else { throw libpngError() }

    if header.bit_depth == 16 {
        samples = rgb(clippingGray16: samples)
    } else if header.channels == 4 {
        samples = rgb(compositingOnWhite: samples)
    }
    if header.has_color_key != 0 { whiten(&samples, colorKey: header) }
    let exif = UnsafeRawBufferPointer(start: header.exif, count: header.exif_size)
    return (RGBImage(width: width, height: height, pixels: samples), Orientation(exif: exif))
}

/// 16-bit gray as Pillow converts its mode `I;16` to RGB: clipped to 255, not scaled.
private func rgb(clippingGray16 gray: [UInt8]) -> [UInt8] {
    let count = gray.count / 2
    return [UInt8](unsafeUninitializedCapacity: count * 3) { out, initialized in
        for i in 0..<count {
            let value = gray[2 * i] == 0 ? gray[2 * i + 1] : 255
            out[3 * i] = value
            out[3 * i + 1] = value
            out[3 * i + 2] = value
        }
        initialized = count * 3
    }
}

/// `Image.alpha_composite` of RGBA on opaque white, in Pillow's integer arithmetic (AlphaComposite.c):
/// both shares are weights with 7 extra bits, their sum is rounded once after division by 255.
private func rgb(compositingOnWhite rgba: [UInt8]) -> [UInt8] {
    let count = rgba.count / 4
    return [UInt8](unsafeUninitializedCapacity: count * 3) { out, initialized in
        rgba.withUnsafeBufferPointer { rgba in
            for i in 0..<count {
                let alpha = UInt32(rgba[4 * i + 3])
                for channel in 0..<3 {
                    let sum = (UInt32(rgba[4 * i + channel]) &* alpha &+ 255 &* (255 &- alpha)) << 7 &+ (0x80 << 7)
                    out[3 * i + channel] = UInt8(truncatingIfNeeded: (((sum >> 8) &+ sum) >> 8) >> 7)
                }
            }
        }
        initialized = count * 3
    }
}

/// Turns pixels of the one transparent colour of a tRNS chunk white.
///
/// As Pillow compares them: 8-bit pixels with the low byte of the chunk's values, so that in an
/// image with 2, 4 or 16 bits a sample a match is mere chance. One bit is black or white.
private func whiten(_ pixels: inout [UInt8], colorKey header: png_reader_image) {
    let values = [header.color_key.0, header.color_key.1, header.color_key.2]
    let key = values.map { header.is_one_bit_gray != 0 ? ($0 == 0 ? 0 : 255) : UInt8(truncatingIfNeeded: $0) }
    pixels.withUnsafeMutableBufferPointer { pixels in
        for i in stride(from: 0, to: pixels.count, by: 3)
        where pixels[i] == key[0] && pixels[i + 1] == key[1] && pixels[i + 2] == key[2] {
            pixels[i] = 255
            pixels[i + 1] = 255
            pixels[i + 2] = 255
        }
    }
}
