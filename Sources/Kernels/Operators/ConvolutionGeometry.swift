/// Zeros before and after an image in one dimension.
public struct Padding: Sendable, Hashable {
    public let before: Int
    public let after: Int

    @inlinable
    public init(before: Int, after: Int) {
        self.before = before
        self.after = after
    }
}

/// Kernel size, stride and padding of a convolution, and the sizes of its input and output.
public struct ConvolutionGeometry: Sendable, Hashable {
    public let kernel: Int
    public let stride: Int
    public let inputHeight: Int
    public let inputWidth: Int
    /// Rows above and below the image.
    public let rowPadding: Padding
    /// Columns to the left and right of the image.
    public let columnPadding: Padding
    /// The number of windows that fit into the padded input.
    public let outputHeight: Int
    public let outputWidth: Int

    public init(
        kernel: Int, stride: Int, inputHeight: Int, inputWidth: Int, rowPadding: Padding, columnPadding: Padding
    ) {
        /// Returns the number of windows in one dimension, 0 if none fits.
        func windows(_ size: Int, _ padding: Padding) -> Int {
            let room = padding.before + size + padding.after - kernel
            return padding.before < 0 || padding.after < 0 || room < 0 ? 0 : room / stride + 1
        }
        check(kernel > 0 && stride > 0, "a convolution has a kernel of \(kernel) and a stride of \(stride)")
        self.kernel = kernel
        self.stride = stride
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
        self.rowPadding = rowPadding
        self.columnPadding = columnPadding
        outputHeight = windows(inputHeight, rowPadding)
        outputWidth = windows(inputWidth, columnPadding)
        check(
            outputHeight > 0 && outputWidth > 0,
            "no \(kernel)x\(kernel) window fits into \(inputHeight) x \(inputWidth) pixels with their padding")
    }

    /// Makes the geometry of a square kernel.
    ///
    /// - Parameter padding: zeros on each side.
    public init(kernel: Int, stride: Int, padding: Int, inputHeight: Int, inputWidth: Int) {
        let padding = Padding(before: padding, after: padding)
        self.init(
            kernel: kernel, stride: stride, inputHeight: inputHeight, inputWidth: inputWidth, rowPadding: padding,
            columnPadding: padding)
    }
}
