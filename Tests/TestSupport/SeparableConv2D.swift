/// Keras' layer `SeparableConv2D` as its documentation defines it, for any of its settings and as
/// plainly as can be: what the network's fast path, which knows 3x3, stride 1, "same" and one
/// filter a channel alone, is measured against.
///
/// Each input channel is convolved with `depthMultiplier` filters of its own (depthwise); a 1x1
/// convolution (pointwise) then mixes all of these. Images are channels-last. Sums are taken in
/// double precision and rounded once, at the end.
package struct SeparableConv2D: Sendable {
    /// Rows and columns: of an image, a kernel, a stride or a dilation.
    package struct Size: Sendable, Hashable {
        package var height: Int
        package var width: Int

        package init(height: Int, width: Int) {
            self.height = height
            self.width = width
        }

        package static let one = Size(height: 1, width: 1)
    }

    package enum Padding: String, Sendable {
        /// Windows stay inside the image.
        case valid
        /// TensorFlow's: `ceil(size / stride)` outputs, zeros around the image as far as windows
        /// need them, the odd one below and to the right.
        case same
    }

    package let inputChannels: Int
    package let filters: Int
    package let kernelSize: Size
    package let strides: Size
    package let padding: Padding
    package let dilationRate: Size
    package let depthMultiplier: Int
    /// `[kernel height x kernel width x input channels x depth multiplier]`.
    package let depthwiseKernel: [Float]
    /// `[input channels * depth multiplier x filters]`.
    package let pointwiseKernel: [Float]
    /// `[filters]`.
    package let bias: [Float]?

    /// - Precondition: The number of elements of each array fits its shape. As in Keras, not both
    ///   the strides and the dilation rate differ from 1.
    package init(
        inputChannels: Int, filters: Int, kernelSize: Size, strides: Size = .one, padding: Padding = .valid,
        dilationRate: Size = .one, depthMultiplier: Int = 1,
        depthwiseKernel: [Float], pointwiseKernel: [Float], bias: [Float]? = nil
    ) {
        precondition(strides == .one || dilationRate == .one)
        precondition(depthwiseKernel.count == kernelSize.height * kernelSize.width * inputChannels * depthMultiplier)
        precondition(pointwiseKernel.count == inputChannels * depthMultiplier * filters)
        precondition(bias == nil || bias?.count == filters)
        self.inputChannels = inputChannels
        self.filters = filters
        self.kernelSize = kernelSize
        self.strides = strides
        self.padding = padding
        self.dilationRate = dilationRate
        self.depthMultiplier = depthMultiplier
        self.depthwiseKernel = depthwiseKernel
        self.pointwiseKernel = pointwiseKernel
        self.bias = bias
    }

    /// Zero in a dimension in which no window fits.
    package func outputSize(of size: Size) -> Size {
        Size(height: vertical(size.height).output, width: horizontal(size.width).output)
    }

    /// - Parameter input: `[height x width x input channels]` of `size`.
    /// - Returns: `[height x width x filters]` of ``outputSize(of:)``.
    /// - Complexity: O(output pixels * input channels * depth multiplier * (kernel area + filters)).
    package func callAsFunction(_ input: [Float], size: Size) -> [Float] {
        precondition(input.count == size.height * size.width * inputChannels)
        let rows = vertical(size.height)
        let columns = horizontal(size.width)
        var output: [Float] = []
        output.reserveCapacity(rows.output * columns.output * filters)
        for y in 0..<rows.output {
            for x in 0..<columns.output {
                let features = depthwise(
                    input, size, top: y * strides.height - rows.before, left: x * strides.width - columns.before)
                output += pointwise(features)
            }
        }
        return output
    }

    /// The window whose first element is at `top` and `left`: `[input channels * depth multiplier]`.
    private func depthwise(_ input: [Float], _ size: Size, top: Int, left: Int) -> [Double] {
        var features = [Double](repeating: 0, count: inputChannels * depthMultiplier)
        for i in 0..<kernelSize.height {
            let y = top + i * dilationRate.height
            guard (0..<size.height).contains(y) else { continue }
            for j in 0..<kernelSize.width {
                let x = left + j * dilationRate.width
                guard (0..<size.width).contains(x) else { continue }
                for feature in features.indices {
                    // Feature `channel * depthMultiplier + m` is channel's m-th filter.
                    let value = input[(y * size.width + x) * inputChannels + feature / depthMultiplier]
                    let weight = depthwiseKernel[(i * kernelSize.width + j) * features.count + feature]
                    features[feature] += Double(value) * Double(weight)
                }
            }
        }
        return features
    }

    private func pointwise(_ features: [Double]) -> [Float] {
        var sums = bias.map { $0.map(Double.init) } ?? [Double](repeating: 0, count: filters)
        for (feature, value) in features.enumerated() {
            for filter in 0..<filters {
                sums[filter] += value * Double(pointwiseKernel[feature * filters + filter])
            }
        }
        return sums.map { Float($0) }
    }

    private func vertical(_ size: Int) -> (output: Int, before: Int) {
        extent(size, kernel: kernelSize.height, stride: strides.height, dilation: dilationRate.height)
    }

    private func horizontal(_ size: Int) -> (output: Int, before: Int) {
        extent(size, kernel: kernelSize.width, stride: strides.width, dilation: dilationRate.width)
    }

    /// The number of outputs in one dimension, and of zeros before its input.
    private func extent(_ size: Int, kernel: Int, stride: Int, dilation: Int) -> (output: Int, before: Int) {
        let window = (kernel - 1) * dilation + 1
        switch padding {
        case .valid:
            return (size < window ? 0 : (size - window) / stride + 1, 0)
        case .same:
            let output = (size + stride - 1) / stride
            return (output, max(0, (output - 1) * stride + window - size) / 2)
        }
    }
}
