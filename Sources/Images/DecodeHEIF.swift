import CImages

/// Decodes the primary image of a HEIF file (HEIC, AVIF) as pillow-heif does: turned, mirrored and cropped as its
/// properties say, whatever EXIF says. Samples of more than eight bits are converted by libheif.
///
/// - Parameter format: ``ReadableFormat/heic`` or ``ReadableFormat/avif``.
func decodeHEIF(
    _ bytes: UnsafeRawBufferPointer, format: ReadableFormat, library: HEIFLibrary, options: DecodeOptions,
    budget: inout DecodeBudget
) throws(ImageError) -> RGBImage {
    func corrupt(_ reason: String) -> ImageError { .corruptImage("\(format == .avif ? "AVIF" : "HEIC"): \(reason)") }
    // libheif follows references in circles, and decodes a tile as often as a grid names it.
    guard let items = HEIFItems(bytes) else { throw corrupt("its list of items makes no sense") }
    guard let cost = items.cost else { throw corrupt("its items are made of each other") }
    var image = heif_file_image()
    var reader: OpaquePointer?
    defer { heif_file_close(reader) }
    func check(_ status: codec_status) throws(ImageError) {
        let reason = reader.map { String(cString: heif_file_message($0)) } ?? ""
        switch status {
        case CODEC_OK: return
        case CODEC_OUT_OF_MEMORY: throw .outOfMemory
        // Before the size is known, this means more boxes or items than libheif allows.
        case CODEC_MEMORY_LIMIT where image.width > 0: throw budget.tooLarge(.memory(options.maximumMemory))
        case CODEC_UNSUPPORTED:
            throw .unsupportedFormat(found: "\(format.words.name) of a kind that libheif does not read")
        default: throw corrupt(reason)
        }
    }
    try check(
        heif_file_open(
            library.handle, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, &reader, &image))
    let width = Int(image.width), height = Int(image.height)
    try budget.admit(width: width, height: height, fileSize: bytes.count)
    // A decoder asks for memory by the coded size, which may be more than the file says.
    try budget.reserve(decoderBytes(image) * max(width * height, cost.simultaneous))
    // Tiles and alpha are 2.7 times the picture at most: tiles reach over its edges. Small pictures have wide margins.
    let mostPixels = max(options.maximumPixels, 3 * width * height, 1 << 20)
    guard cost.total <= mostPixels else { throw budget.tooLarge(.unpacking) }
    guard items.coversCanvases else { throw corrupt("its tiles do not cover the picture") }
    let upright = try UprightPixels(width: width, height: height, orientation: .upright, budget: &budget)

    var pixels: UnsafePointer<UInt8>?
    var stride = 0
    try check(heif_file_pixels(reader, &pixels, &stride))
    guard let pixels else { throw .corruptImage("libheif returned no pixels") }
    try upright.fill { firstRow, count, target in
        for row in 0..<count {
            let source = pixels + (firstRow + row) * stride, target = target + row * width * 3
            switch (image.has_alpha != 0, image.is_premultiplied != 0) {
            case (false, _): target.update(from: source, count: width * 3)
            case (true, false): compositeOnWhite(source, to: target, count: width)
            case (true, true): compositePremultipliedOnWhite(source, to: target, count: width)
            }
        }
    }
    return upright.image(originalWidth: width, originalHeight: height)
}

/// The most bytes that libheif uses per pixel, for planes and RGB together (measured with libheif 1.15).
private func decoderBytes(_ image: heif_file_image) -> Int {
    image.bits_per_sample > 8 ? 12 : 6
}

/// Converts RGBA with alpha multiplied into the colours to RGB on white, through plain RGBA as Pillow's `rgbA2rgba`
/// makes it.
private func compositePremultipliedOnWhite(
    _ premultiplied: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, count: Int
) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4) { rgba in
        for i in 0..<count {
            let alpha = Int(premultiplied[4 * i + 3])
            for channel in 0..<3 {
                let value = premultiplied[4 * i + channel]
                rgba[channel] = alpha == 0 || alpha == 255 ? value : UInt8(clamping: 255 * Int(value) / alpha)
            }
            rgba[3] = UInt8(alpha)
            compositeOnWhite(rgba.baseAddress!, to: target + 3 * i, count: 1)
        }
    }
}
