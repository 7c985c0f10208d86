/// The source of a product's left operand.
enum LeftOperand {
    case depthwise(DepthwiseConvolution)
    case im2col(ImagePatches)

    var input: FeatureMap {
        switch self {
        case .depthwise(let convolution): convolution.input
        case .im2col(let patches): patches.input
        }
    }

    var geometry: ConvolutionGeometry {
        switch self {
        case .depthwise(let convolution): convolution.geometry
        case .im2col(let patches): patches.geometry
        }
    }

    /// The input rows that output rows `rows` read, except those that the block above has read, as bytes.
    func inputBytes(rows: Range<Int>) -> UnsafeRawBufferPointer {
        let (input, stride) = (input, geometry.stride)
        let rowSize = input.width * input.pixelStride
        let first = min(rows.lowerBound * stride + 1, input.height)
        let last = min(rows.upperBound * stride + 1, input.height)
        return UnsafeRawBufferPointer(start: input.base + first * rowSize, count: (last - first) * rowSize)
    }
}
