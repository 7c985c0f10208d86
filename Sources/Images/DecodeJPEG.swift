import CImages

/// Decodes a JPEG file through libjpeg with its default, accurate inverse DCT and smooth upsampling, which are Pillow's
/// too.
///
/// - Parameter orientation: the orientation, if it comes from elsewhere than the file's own metadata.
func decodeJPEG(
    _ bytes: UnsafeRawBufferPointer, orientation: Orientation? = nil, options: DecodeOptions, budget: inout DecodeBudget
) throws(ImageError) -> RGBImage {
    let header = try JPEGHeader(bytes)
    try budget.admit(width: header.width, height: header.height, fileSize: bytes.count)
    let eighths = scaleInEighths(width: header.width, height: header.height, minimumSide: options.minimumScaledSide)
    let width = (header.width * eighths + 7) / 8, height = (header.height * eighths + 7) / 8
    let upright = try UprightPixels(
        width: width, height: height,
        orientation: options.applyOrientation ? orientation ?? header.orientation : .upright, budget: &budget)

    guard let reader = jpeg_reader_create(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count) else {
        throw .outOfMemory
    }
    defer { jpeg_reader_destroy(reader) }
    func check(_ status: codec_status) throws(ImageError) {
        switch status {
        case CODEC_OK: return
        case CODEC_OUT_OF_MEMORY: throw .outOfMemory
        case CODEC_MEMORY_LIMIT: throw budget.tooLarge(.memory(options.maximumMemory))
        case CODEC_WORK_LIMIT: throw budget.tooLarge(.scans)
        default: throw .corruptImage("JPEG: \(String(cString: jpeg_reader_message(reader)))")
        }
    }
    var image = jpeg_reader_image()
    try check(jpeg_reader_header(reader, &image))
    guard image.width == header.width, image.height == header.height, image.components == header.components else {
        throw .corruptImage("JPEG: a second frame header contradicts the first")
    }
    let limits = jpeg_reader_limits(
        eighths: Int32(eighths), memory: budget.memory, blocks: UInt64(budget.scannedBlocks))
    try check(jpeg_reader_start(reader, limits, &image))
    guard image.width == width, image.height == height else {
        throw .corruptImage("JPEG: libjpeg scales it to \(image.width) x \(image.height), not \(width) x \(height)")
    }

    let isCMYK = header.components == 4
    let band = try ImageBuffer<UInt8>(count: UprightPixels.bandHeight * width * Int(image.components))
    for row in stride(from: 0, to: height, by: UprightPixels.bandHeight) {
        let count = min(UprightPixels.bandHeight, height - row)
        let inPlace = isCMYK ? nil : upright.rows(from: row)
        try check(jpeg_reader_rows(reader, inPlace ?? band.start, UInt32(count)))
        if isCMYK { convertInvertedCMYK(band.start, count: count * width) }
        if inPlace == nil { upright.store(band.start, from: row, count: count) }
    }
    return upright.image(originalWidth: header.width, originalHeight: header.height, scale: Double(eighths) / 8)
}

/// Returns the smallest n for which n/8 of the size is still at least `minimumSide` in both directions.
///
/// Of the eighths only 1, 2 and 4 have vectorized inverse DCTs in libjpeg-turbo. The others take longer than the next
/// of these: 12 megapixels in 26 ms at full size, 17 ms at 4/8, 14 ms at 2/8, but 21 ms at 3/8 and 43 ms at 5/8
/// (libjpeg-turbo 2.1.5, AVX2).
private func scaleInEighths(width: Int, height: Int, minimumSide: Int?) -> Int {
    guard let minimumSide else { return 8 }
    return [1, 2, 4].first { (min(width, height) * $0 + 7) / 8 >= minimumSide } ?? 8
}

/// Converts CMYK with inverted samples, as Adobe's are and those of every CMYK and YCCK JPEG are assumed to be, to RGB
/// in the same memory: ink times light, rounded as Pillow's `cmyk2rgb` (Convert.c) does.
private func convertInvertedCMYK(_ pixels: UnsafeMutablePointer<UInt8>, count: Int) {
    for i in 0..<count {
        let light = UInt32(pixels[4 * i + 3])
        for channel in 0..<3 {
            let product = (255 &- UInt32(pixels[4 * i + channel])) &* light &+ 128
            pixels[3 * i + channel] = UInt8(truncatingIfNeeded: light &- ((product >> 8) &+ product) >> 8)
        }
    }
}
