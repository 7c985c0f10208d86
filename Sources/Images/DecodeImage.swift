/// Decodes a JPEG or PNG file to the pixels Pillow's `convert("RGB")` gives, byte for byte.
///
/// Transparency is composited on white as `Image.alpha_composite` does. Colour profiles and gamma
/// are ignored, as by Pillow. Where Pillow paints what a damaged file still has, this throws.
///
/// - Parameter bytes: a whole file; its content decides what it is.
/// - Throws: ``ImageError``, its message without a path.
/// - Complexity: one pass over the file. Memory is that of the pixels, three bytes each; an
///   interlaced PNG takes its own two to four bytes a pixel besides, a JPEG of several scans two
///   bytes for each sample of the file.
package func decodeImage(
    _ bytes: UnsafeRawBufferPointer, options: DecodeOptions = .init()
) throws(ImageError) -> RGBImage {
    guard !bytes.isEmpty else { throw .emptyFile }
    var budget = DecodeBudget(options)
    switch ImageFormat(bytes) {
    case .jpeg: return try decodeJPEG(bytes, options: options, budget: &budget)
    case .png: return try decodePNG(bytes, options: options, budget: &budget)
    case .other(let format): throw .unsupportedFormat(found: format.name)
    }
}
