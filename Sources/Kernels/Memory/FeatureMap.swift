/// An activation: `[height x width x channels]`, channels innermost.
public struct FeatureMap: @unchecked Sendable {
    public let base: UnsafeMutableRawPointer
    public let elementType: ElementType
    public let height: Int
    public let width: Int
    public let channels: Int
    /// Bytes from one pixel to the next.
    public let pixelStride: Int

    /// A view of a buffer, which must outlive it.
    public init(_ buffer: AlignedBuffer, _ elementType: ElementType = .float32, height: Int, width: Int, channels: Int)
    {
        check(
            height > 0 && width > 0 && channels > 0
                && buffer.capacity >= Self.words(elementType, height: height, width: width, channels: channels),
            "a feature map of \(height) x \(width) x \(channels) does not fit its buffer of \(buffer.capacity) words")
        base = buffer.words
        self.elementType = elementType
        self.height = height
        self.width = width
        self.channels = channels
        pixelStride = Self.pixelStride(elementType, channels: channels)
    }

    /// Pixels begin at cache lines: a vector that spans two costs two accesses. Pixels of many channels are an odd
    /// number of lines long, so that one channel of successive pixels falls into different sets of a cache. Pixels of
    /// an image are adjacent, as decoders and resizing produce them.
    private static func pixelStride(_ elementType: ElementType, channels: Int) -> Int {
        let size = channels * elementType.size
        guard size >= CacheLine.bytes else { return size }
        let lines = (size + CacheLine.bytes - 1) / CacheLine.bytes
        return (lines < 16 ? lines : lines | 1) * CacheLine.bytes
    }

    public var pixels: Int { height * width }

    /// 32-bit words of a buffer for a feature map: one vector more than its pixels, because the last
    /// channels are read in whole vectors.
    public static func words(_ elementType: ElementType = .float32, height: Int, width: Int, channels: Int) -> Int {
        (height * width * pixelStride(elementType, channels: channels) + 3) / 4 + maximumLanes
    }

    /// The address of a pixel's channel.
    @inlinable @inline(__always)
    package func address(pixel: Int, channel: Int) -> UnsafeMutableRawPointer {
        base + pixel * pixelStride + channel * elementType.size
    }

    func hasShape(_ height: Int, _ width: Int, _ channels: Int) -> Bool {
        self.height == height && self.width == width && self.channels == channels
    }

    /// All values, `[height x width x channels]`.
    package var values: [Float] {
        (0..<pixels).flatMap { pixel in
            (0..<channels).map { channel in
                let place = address(pixel: pixel, channel: channel)
                return switch elementType {
                case .float16: Float16Element.load(SIMD4<Float>.self, place)[0]
                case .float32: place.load(as: Float.self)
                }
            }
        }
    }
}
