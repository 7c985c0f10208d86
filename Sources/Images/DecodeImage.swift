/// Decodes an image file to the pixels Pillow's `convert("RGB")` gives: of JPEG, PNG and WebP byte for byte; of HEIC
/// and AVIF as libheif decodes them; of a camera's raw file the largest JPEG preview in it.
///
/// Transparency is composited on white as `Image.alpha_composite` does. Colour profiles and gamma are ignored, as by
/// Pillow. Where Pillow paints what a damaged file still has, this throws.
///
/// - Parameter bytes: a whole file; its content decides the format.
/// - Throws: ``ImageError``, its message without a path.
/// - Complexity: one pass over the file. Memory is that of the pixels, three bytes each; an interlaced PNG also takes
///   its own one to four bytes per pixel, a JPEG of several scans two bytes for each sample of the file, WebP up to
///   nine bytes per pixel, HEIC and AVIF six or twelve.
package func decodeImage(
    _ bytes: UnsafeRawBufferPointer, options: DecodeOptions = .init()
) throws(ImageError) -> RGBImage {
    guard !bytes.isEmpty else { throw .emptyFile }
    var budget = DecodeBudget(options)
    let format = ImageFormat(bytes)
    func unsupported() -> ImageError {
        let format = format.obstacle(allowed: options.formats) ?? format.words
        return .unsupportedFormat(found: format.name, remedy: format.remedy)
    }
    guard let readable = format.readable, options.formats.contains(readable) else { throw unsupported() }
    switch readable {
    case .jpeg: return try decodeJPEG(bytes, options: options, budget: &budget)
    case .png: return try decodePNG(bytes, options: options, budget: &budget)
    case .webp:
        guard let library = WebPLibrary.installed else { throw unsupported() }
        return try decodeWebP(bytes, library: library, options: options, budget: &budget)
    case .heic, .avif:
        guard let library = HEIFLibrary.installed, library.reads(readable) else { throw unsupported() }
        return try decodeHEIF(bytes, format: readable, library: library, options: options, budget: &budget)
    case .raw:
        guard let previews = RawPreviews(bytes) else { throw unsupported() }
        return try previews.decodeLargest(options: options, budget: &budget)
    }
}
