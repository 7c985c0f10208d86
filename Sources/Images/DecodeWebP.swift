import CImages

/// Decodes a WebP file, or the first frame of an animation, as Pillow does: with libwebp's smooth upsampling of
/// chroma, and EXIF's or XMP's orientation.
func decodeWebP(
    _ bytes: UnsafeRawBufferPointer, library: WebPLibrary, options: DecodeOptions, budget: inout DecodeBudget
) throws(ImageError) -> RGBImage {
    guard !hasTooManyChunks(bytes) else { throw .corruptImage("WebP: it has too many chunks") }
    var image = webp_reader_image()
    var reader: OpaquePointer?
    defer { webp_reader_close(reader) }
    func check(_ status: codec_status) throws(ImageError) {
        switch status {
        case CODEC_OK: return
        case CODEC_OUT_OF_MEMORY: throw .outOfMemory
        default: throw .corruptImage("WebP: the file is cut off or its data are not valid")
        }
    }
    try check(
        webp_reader_open(
            library.handle, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, &reader, &image))
    let width = Int(image.width), height = Int(image.height)
    try budget.admit(width: width, height: height, fileSize: bytes.count)
    guard image.x + image.frame_width <= image.width, image.y + image.frame_height <= image.height else {
        throw .corruptImage("WebP: a frame lies outside the picture")
    }
    // libwebp keeps lossless pixels, and planes of alpha, until all of them are decoded.
    if image.keeps_planes != 0 { try budget.reserve(5 * Int(image.frame_width) * Int(image.frame_height)) }

    let orientation = options.applyOrientation
        ? Orientation(
            exif: UnsafeRawBufferPointer(start: image.exif, count: image.exif_count),
            xmp: UnsafeRawBufferPointer(start: image.xmp, count: image.xmp_count)) : .upright
    let upright = try UprightPixels(width: width, height: height, orientation: orientation, budget: &budget)
    let hasAlpha = image.has_alpha != 0, channels = hasAlpha ? 4 : 3
    var canvas: ImageBuffer<UInt8>?
    if hasAlpha || orientation != .upright {
        try budget.reserve(channels * width * height)
        canvas = try ImageBuffer(count: channels * width * height)
    }
    // The area that an animation's first frame does not cover stays zero: transparent, or black where there is no
    // alpha.
    let pixels = canvas?.start ?? upright.rows(from: 0)!
    try check(
        webp_reader_pixels(
            reader, pixels + (Int(image.y) * width + Int(image.x)) * channels, width * channels, hasAlpha ? 1 : 0))
    if let canvas {
        try upright.fill { row, count, target in
            let source = canvas.start + row * width * channels
            if hasAlpha {
                compositeOnWhite(source, to: target, count: count * width)
            } else {
                target.update(from: source, count: count * width * channels)
            }
        }
    }
    return upright.image(originalWidth: width, originalHeight: height)
}

/// Returns true if there are more chunks than an animation has. libwebpdemux allocates memory for each of them.
private func hasTooManyChunks(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var position = 12
    for _ in 0..<1 << 16 {
        guard let length = bytes.integer(UInt32.self, at: position + 4) else { return false }
        let size = Int(UInt32(littleEndian: length))
        position += 8 + size + size % 2
    }
    return true
}
