/// The algorithm of a convolution.
package enum ConvolutionAlgorithm: Hashable {
    /// One matrix product.
    case direct
    /// Seven products of a quarter of the size, see ``StrassenOperand``.
    case strassen
    /// 36 products over tiles of the image, see ``Winograd``.
    case winograd

    /// The fastest algorithm for a shape.
    ///
    /// - Parameters:
    ///   - lanes: floats in a register.
    ///   - precision: the precision of the product's operands.
    package init(kernelSize: Int, stride: Int, shape: ProductShape, precision: Precision, lanes: Int) {
        // 8 bits have no room for sums of operands, and bfloat16 no digits to lose.
        guard precision == .fp32 else {
            self = .direct
            return
        }
        if kernelSize == 3, stride == 1, shape.depth % (9 * lanes) == 0, shape.columns % (2 * lanes) == 0 {
            self = .winograd
        } else if shape.isDepthwise, !Partition.fitsCache(depthWords: shape.depth, columns: shape.columns),
            // Below these sizes the sums cost more than the product they save (found on Zen 4).
            shape.pixels >= 64, shape.depth >= 256, shape.columns >= 256, shape.depth % 2 == 0
        {
            self = .strassen
        } else {
            self = .direct
        }
    }
}
