import Images

/// What the network reads: one image as 32-bit floats, `[height x width x 3]`, RGB.
package struct InputTensor: Sendable {
    package let height: Int
    package let width: Int
    private let buffer: ImageBuffer<Float>

    package init(height: Int, width: Int, buffer: ImageBuffer<Float>) {
        precondition(buffer.count == height * width * 3)
        self.height = height
        self.width = width
        self.buffer = buffer
    }

    /// - Throws: ``ImageError/outOfMemory``.
    package init(height: Int, width: Int, values: [Float]) throws(ImageError) {
        let buffer = try ImageBuffer<Float>(count: values.count)
        _ = buffer.elements.update(from: values)
        self.init(height: height, width: width, buffer: buffer)
    }

    /// Lends out the values, `[height x width x 3]`, for the time of the call.
    package func withValues<Result>(_ body: (UnsafeBufferPointer<Float>) -> Result) -> Result {
        body(UnsafeBufferPointer(buffer.elements))
    }

    /// A copy of the values, `[height x width x 3]`.
    package var values: [Float] { Array(buffer.elements) }
}
