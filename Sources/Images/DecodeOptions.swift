/// How an image file becomes pixels, and what it may cost.
package struct DecodeOptions: Sendable {
    /// Turn the picture upright as its metadata says: EXIF's orientation or XMP's `tiff:Orientation`.
    package var applyOrientation: Bool
    /// Pixels of the largest image that is decoded. The default is where Pillow raises
    /// `DecompressionBombError`.
    package var maximumPixels: Int
    /// Width or height of the largest image that is decoded. The default is libpng's own.
    package var maximumSide: Int
    /// Bytes that one image may take while it is decoded: its file, its pixels, and what the decoder
    /// itself needs for them, such as the coefficients of a progressive JPEG.
    package var maximumMemory: Int
    /// Lets a JPEG be decoded at 1/2, 1/4 or 1/8 of its size, through libjpeg's scaled inverse DCT,
    /// as long as width and height stay at least this. `nil`: full size, Pillow's bytes.
    package var minimumScaledSide: Int?

    /// The formats that are read, where their libraries are there; all others are refused.
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
