import Images

/// The input of the network: one image as 32-bit floats, RGB, in one or more views of the same size, each `[height x
/// width x 3]`.
package struct InputTensor: Sendable {
    package let height: Int
    package let width: Int
    private let buffers: [ImageBuffer<Float>]

    /// The number of views. The network runs on each; the image's features are the mean.
    package var views: Int { buffers.count }

    /// Makes a tensor of views.
    ///
    /// - Precondition: there is at least one view, and each has `height * width * 3` values.
    package init(height: Int, width: Int, views buffers: [ImageBuffer<Float>]) {
        precondition(!buffers.isEmpty && buffers.allSatisfy { $0.count == height * width * 3 })
        self.height = height
        self.width = width
        self.buffers = buffers
    }

    /// Makes a tensor of one view.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    package init(height: Int, width: Int, values: [Float]) throws(ImageError) {
        let buffer = try ImageBuffer<Float>(count: values.count)
        _ = buffer.elements.update(from: values)
        self.init(height: height, width: width, views: [buffer])
    }

    /// Calls `body` with a view's values, `[height x width x 3]`.
    package func withValues<Result>(ofView view: Int = 0, _ body: (UnsafeBufferPointer<Float>) -> Result) -> Result {
        body(UnsafeBufferPointer(buffers[view].elements))
    }

    /// A copy of the first view's values, `[height x width x 3]`.
    package var values: [Float] { Array(buffers[0].elements) }
}
