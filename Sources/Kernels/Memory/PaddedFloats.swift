/// 32-bit floats followed by a vector of zeros, so that the last of them can be read in whole
/// vectors.
public final class PaddedFloats: @unchecked Sendable {
    public let count: Int
    private let buffer: AlignedBuffer

    /// Allocates and fills the floats.
    ///
    /// - Parameter fill: writes all `count` floats; it may write over the padding.
    /// - Throws: ``OutOfMemory``.
    public init(count: Int, fill: (UnsafeMutablePointer<Float>) -> Void) throws(OutOfMemory) {
        self.count = count
        buffer = try AlignedBuffer(words: count + maximumLanes)
        fill(buffer.floats)
        (buffer.floats + count).update(repeating: 0, count: maximumLanes)
    }

    public convenience init(_ values: [Float]) throws(OutOfMemory) {
        try self.init(count: values.count) { $0.update(from: values, count: values.count) }
    }

    public var base: UnsafePointer<Float> { UnsafePointer(buffer.floats) }

    /// A copy, without the padding.
    package var values: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
