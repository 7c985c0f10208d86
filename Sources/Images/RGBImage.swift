import Platform

/// A decoded image: 8-bit sRGB, `[height x width x 3]`, rows top to bottom, no padding.
public struct RGBImage: Sendable, Equatable {
    public let width: Int
    public let height: Int
    private let buffer: ImageBuffer<UInt8>

    /// The size of the picture in its file, upright: larger than `width` x `height` if it was decoded at a fraction of
    /// its size.
    public let originalWidth: Int
    public let originalHeight: Int

    /// The part of the pixels that the picture covers, as Pillow's `box`. Decoding at a fraction
    /// rounds sizes up, so that the last column or row may be covered in part, or the first of a
    /// turned picture.
    package let box: Box

    /// True if the image is the preview in a camera's raw file.
    package internal(set) var isPreview = false

    package struct Box: Sendable, Equatable {
        package var columns: Range<Double>
        package var rows: Range<Double>

        package init(columns: Range<Double>, rows: Range<Double>) {
            self.columns = columns
            self.rows = rows
        }
    }

    /// Makes an image of pixels.
    ///
    /// - Parameter pixels: `[height x width x 3]`.
    /// - Precondition: the count fits the size, and there is at least one pixel.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && pixels.count == width * height * 3)
        guard let buffer = try? ImageBuffer<UInt8>(count: pixels.count) else { fatalError("out of memory") }
        _ = buffer.elements.update(from: pixels)
        self.init(width: width, height: height, buffer: buffer)
    }

    package init(width: Int, height: Int, buffer: ImageBuffer<UInt8>) {
        self.init(
            width: width, height: height, buffer: buffer, originalWidth: width, originalHeight: height,
            box: Box(columns: 0..<Double(width), rows: 0..<Double(height)))
    }

    init(width: Int, height: Int, buffer: ImageBuffer<UInt8>, originalWidth: Int, originalHeight: Int, box: Box) {
        precondition(width > 0 && height > 0 && buffer.count == width * height * 3)
        self.width = width
        self.height = height
        self.buffer = buffer
        self.originalWidth = originalWidth
        self.originalHeight = originalHeight
        self.box = box
    }

    /// Calls `body` with the pixels, `[height x width x 3]`.
    public func withPixels<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeBufferPointer(buffer.elements))
    }

    /// A copy of the pixels, `[height x width x 3]`.
    public var pixels: [UInt8] { Array(buffer.elements) }

    public static func == (a: RGBImage, b: RGBImage) -> Bool {
        (a.width, a.height, a.originalWidth, a.originalHeight) == (b.width, b.height, b.originalWidth, b.originalHeight)
            && a.box == b.box && memcmp(a.buffer.start, b.buffer.start, a.buffer.count) == 0
    }
}
