import CSIMD

/// What the left operand of a product is made from.
enum LeftOperand {
    /// 3x3 depthwise convolution, stride 1, padding "same"; `weights` are `[9 x channels]`, padded by a
    /// vector. `relu`: of the input.
    case depthwise(FeatureMap, weights: UnsafePointer<Float>, relu: Bool)
    case im2col(FeatureMap, ConvolutionGeometry)

    var input: FeatureMap {
        switch self {
        case .depthwise(let input, _, _), .im2col(let input, _): input
        }
    }

    /// The input rows that output rows `rows` read, but for those that the block above has read, as bytes.
    func inputBytes(rows: Range<Int>) -> UnsafeRawBufferPointer {
        let stride =
            switch self {
            case .depthwise: 1
            case .im2col(_, let geometry): geometry.stride
            }
        let rowSize = input.width * input.pixelStride
        let first = min(rows.lowerBound * stride + 1, input.height)
        let last = min(rows.upperBound * stride + 1, input.height)
        return UnsafeRawBufferPointer(start: input.base + first * rowSize, count: (last - first) * rowSize)
    }
}
