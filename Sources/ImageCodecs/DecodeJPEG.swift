import CTurboJPEG

/// Decodes a JPEG file through the TurboJPEG API with its default, accurate inverse DCT and smooth
/// upsampling, which are Pillow's too.
func decodeJPEG(
    _ bytes: UnsafeRawBufferPointer, options: DecodeOptions
) throws(ImageError) -> (image: RGBImage, orientation: Orientation) {
    let header = try JPEGHeader(bytes)
    try checkSize(width: header.width, height: header.height, options: options)
    let eighths = scaleInEighths(width: header.width, height: header.height, minimumSize: options.minimumSize)
    let width = (header.width * eighths + 7) / 8, height = (header.height * eighths + 7) / 8

    guard let decompressor = tjInitDecompress() else {
        throw .corruptImage("libjpeg-turbo could not start: out of memory")
    }
    defer { tjDestroy(decompressor) }
    let isCMYK = header.components == 4
    let format = isCMYK ? TJPF_CMYK : TJPF_RGB
    let byteCount = width * height * (isCMYK ? 4 : 3)
    var samples = [UInt8](repeating: 0, count: byteCount)
    let status = samples.withUnsafeMutableBufferPointer { buffer in
        tjDecompress2(
            decompressor, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), numericCast(bytes.count),
            buffer.baseAddress, Int32(width), 0, Int32(height), Int32(format.rawValue), TJFLAG_LIMITSCANS)
    }
    if status != 0 {
        let message = String(cString: tjGetErrorStr2(decompressor))
        guard isHarmless(warning: message), JPEGHeader.hasEndOfImage(bytes) else {
            throw .corruptImage("JPEG: \(message)")
        }
    }
    if isCMYK { samples = rgb(fromInvertedCMYK: samples) }
    let scale = Double(eighths) / 8
    let image = RGBImage(
        width: width, height: height, pixels: samples, fileWidth: header.width, fileHeight: header.height,
        columns: 0..<Double(header.width) * scale, rows: 0..<Double(header.height) * scale)
    return (image, header.orientation)
}

/// The smallest n for which n/8 of the size is still at least `minimumSize` in both directions.
///
/// Of the eighths only 1, 2 and 4 have vectorized inverse DCTs in libjpeg-turbo. The others take
/// longer than the next of these: 12 megapixels in 26 ms at full size, 17 ms at 4/8, 14 ms at 2/8,
/// but 21 ms at 3/8 and 43 ms at 5/8 (libjpeg-turbo 2.1.5, AVX2).
private func scaleInEighths(width: Int, height: Int, minimumSize: Int?) -> Int {
    guard let minimumSize else { return 8 }
    return [1, 2, 4].first { (min(width, height) * $0 + 7) / 8 >= minimumSize } ?? 8
}

/// Whether a message of libjpeg is a warning that leaves the picture whole: stray bytes between
/// segments and odd version numbers are common in good photos.
///
/// Every other message counts as damage. TurboJPEG's error code cannot tell: it says "warning" as
/// soon as there was one, even if an error then ended the call before any pixel was written. The
/// message is the error's where there was one, else the first warning's, so the caller of a
/// harmless one still has to look for the file's end.
private func isHarmless(warning: String) -> Bool {
    [
        "extraneous bytes before marker", "Unknown Adobe color transform code", "unknown JFIF revision number",
        "Inconsistent progression sequence", "Invalid SOS parameters for sequential JPEG",
    ].contains { warning.contains($0) }
}

/// CMYK with Adobe's inverted samples, as every CMYK and YCCK JPEG is taken to have, to RGB: ink
/// times light, rounded as Pillow's `cmyk2rgb` (Convert.c) does.
private func rgb(fromInvertedCMYK cmyk: [UInt8]) -> [UInt8] {
    let count = cmyk.count / 4
    return [UInt8](unsafeUninitializedCapacity: count * 3) { out, initialized in
        cmyk.withUnsafeBufferPointer { cmyk in
            for i in 0..<count {
                let light = UInt32(cmyk[4 * i + 3])
                for channel in 0..<3 {
                    let product = (255 &- UInt32(cmyk[4 * i + channel])) &* light &+ 128
                    out[3 * i + channel] = UInt8(truncatingIfNeeded: light &- ((product >> 8) &+ product) >> 8)
                }
            }
        }
        initialized = count * 3
    }
}
