/// The options and limits of decoding an image file.
package struct DecodeOptions: Sendable {
    /// Applies the orientation in the metadata: EXIF's or XMP's `tiff:Orientation`.
    package var applyOrientation: Bool
    /// The most pixels of an image. The default is where Pillow raises `DecompressionBombError`.
    package var maximumPixels: Int
    /// The greatest width or height of an image. The default is libpng's own.
    package var maximumSide: Int
    /// The most bytes that one image may take while it is decoded: its file, its pixels, and the decoder's own memory,
    /// such as the coefficients of a progressive JPEG.
    package var maximumMemory: Int
    /// Lets a JPEG be decoded at 1/2, 1/4 or 1/8 of its size, through libjpeg's scaled inverse DCT,
    /// as long as width and height stay at least this. `nil`: full size, Pillow's bytes.
    package var minimumScaledSide: Int?

    /// The formats that are read if their libraries are installed; all others are rejected.
    package var formats: Set<ReadableFormat>

    package static let defaultMaximumPixels = 178_956_970
    package static let defaultMaximumSide = 1_000_000
    package static let defaultMaximumMemory = 512 << 20

    package init(
        applyOrientation: Bool = true, maximumPixels: Int = defaultMaximumPixels,
        maximumSide: Int = defaultMaximumSide, maximumMemory: Int = defaultMaximumMemory,
        minimumScaledSide: Int? = nil, formats: Set<ReadableFormat> = Set(ReadableFormat.allCases)
    ) {
        self.applyOrientation = applyOrientation
        self.maximumPixels = maximumPixels
        self.maximumSide = maximumSide
        self.maximumMemory = maximumMemory
        self.minimumScaledSide = minimumScaledSide
        self.formats = formats
    }
}
