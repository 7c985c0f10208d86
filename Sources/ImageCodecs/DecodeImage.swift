/// How an image file becomes pixels.
public struct DecodeOptions: Sendable {
    /// Turn the picture upright as its EXIF orientation says.
    public var applyOrientation: Bool
    /// Larger images are refused before memory is asked for.
    /// The default is where Pillow raises `DecompressionBombError`.
    public var maximumPixels: Int
    /// Lets a JPEG be decoded at 1/2, 1/4 or 1/8 of its size, through libjpeg's scaled inverse DCT,
    /// as long as width and height stay at least this. `nil`: full size, Pillow's bytes.
    public var minimumSize: Int?

    public init(applyOrientation: Bool = true, maximumPixels: Int = 178_956_970, minimumSize: Int? = nil) {
        self.applyOrientation = applyOrientation
        self.maximumPixels = maximumPixels
        self.minimumSize = minimumSize
    }
}

/// Decodes a JPEG or PNG file to the pixels Pillow's `convert("RGB")` gives, byte for byte.
///
/// Transparency is composited on white as `Image.alpha_composite` does. Colour profiles and gamma
/// are ignored, as by Pillow. Where Pillow paints what a damaged file still has, this throws.
///
/// - Parameter bytes: a whole file; its content decides what it is.
/// - Throws: `ImageError`, its message without a path.
/// - Complexity: one pass over the file; the pixels are written once unless they are turned,
///   transparent or CMYK.
public func decodeImage(
    _ bytes: UnsafeRawBufferPointer, options: DecodeOptions = .init()
) throws(ImageError) -> RGBImage {
    guard !bytes.isEmpty else { throw .emptyFile }
    let decoded: (image: RGBImage, orientation: Orientation)
    switch ImageFormat(bytes) {
    case .jpeg: decoded = try decodeJPEG(bytes, options: options)
    case .png: decoded = try decodePNG(bytes, options: options)
    case .other(let name): throw .unsupportedFormat(found: name)
    }
    return options.applyOrientation ? decoded.image.oriented(decoded.orientation) : decoded.image
}

/// Throws where `width` x `height` is no image or more than `options` allow.
func checkSize(width: Int, height: Int, options: DecodeOptions) throws(ImageError) {
    guard width > 0, height > 0 else {
        throw .corruptImage("its header says \(width) x \(height) pixels")
    }
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, pixels <= options.maximumPixels else {
        throw .imageTooLarge(width: width, height: height, limit: options.maximumPixels)
    }
}
