/// A decoded image: 8-bit sRGB, `[height x width x 3]`, rows top to bottom, no padding.
public struct RGBImage: Sendable, Equatable {
    public let width: Int
    public let height: Int
    public let pixels: [UInt8]

    /// The size of the picture in its file, upright: larger than `width` x `height` where it was
    /// decoded at a fraction of its size.
    public let fileWidth: Int
    public let fileHeight: Int

    /// What the picture covers of `width` and `height`. Decoding at a fraction rounds sizes up, so
    /// that the last column or row may be covered in part, or the first of a turned picture.
    public let columns: Range<Double>
    public let rows: Range<Double>

    public init(width: Int, height: Int, pixels: [UInt8]) {
        self.init(
            width: width, height: height, pixels: pixels, fileWidth: width, fileHeight: height,
            columns: 0..<Double(width), rows: 0..<Double(height))
    }

    init(
        width: Int, height: Int, pixels: [UInt8], fileWidth: Int, fileHeight: Int, columns: Range<Double>,
        rows: Range<Double>
    ) {
        precondition(width > 0 && height > 0 && pixels.count == width * height * 3)
        self.width = width
        self.height = height
        self.pixels = pixels
        self.fileWidth = fileWidth
        self.fileHeight = fileHeight
        self.columns = columns
        self.rows = rows
    }
}
