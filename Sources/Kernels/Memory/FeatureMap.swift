/// An activation: `[height x width x channels]`, channels innermost.
public struct FeatureMap: @unchecked Sendable {
    public let base: UnsafeMutablePointer<Float>
    public let height: Int
    public let width: Int
    public let channels: Int
    /// Floats from one pixel to the next.
    public let pixelStride: Int

    /// A view of a buffer, which must outlive it.
    public init(_ buffer: AlignedBuffer, height: Int, width: Int, channels: Int) {
        check(
            height > 0 && width > 0 && channels > 0
                && buffer.capacity >= Self.capacity(height: height, width: width, channels: channels),
            "a feature map of \(height) x \(width) x \(channels) does not fit its buffer of \(buffer.capacity) floats")
        base = buffer.floats
        self.height = height
        self.width = width
        self.channels = channels
        pixelStride = Self.pixelStride(channels: channels)
    }

    /// Pixels begin at cache lines: a vector that spans two costs two accesses. Those of many channels are
    /// an odd number of lines long, so that one channel of successive pixels falls into different sets
    /// of a cache. Pixels of an image are adjacent, as decoders and resizing leave them.
    private static func pixelStride(channels: Int) -> Int {
        guard channels >= CacheLine.words else { return channels }
        let lines = (channels + CacheLine.words - 1) / CacheLine.words
        return (lines < 16 ? lines : lines | 1) * CacheLine.words
    }

    public var pixels: Int { height * width }

    /// Floats of a buffer for a feature map: one vector more than its pixels, because the last channels
    /// are read in whole vectors.
    public static func capacity(height: Int, width: Int, channels: Int) -> Int {
        height * width * pixelStride(channels: channels) + maximumLanes
    }

    func hasShape(_ height: Int, _ width: Int, _ channels: Int) -> Bool {
        self.height == height && self.width == width && self.channels == channels
    }
}
