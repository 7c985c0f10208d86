/// Kernel size, stride and padding of a convolution, and the sizes of its input and output.
public struct ConvolutionGeometry: Sendable {
    public let kernel: Int
    public let stride: Int
    /// Zeros on each side.
    public let padding: Int
    public let inputHeight: Int
    public let inputWidth: Int

    /// As many outputs as there are windows that fit into the padded input.
    public init(kernel: Int, stride: Int, padding: Int, inputHeight: Int, inputWidth: Int) {
        check(
            kernel > 0 && stride > 0 && padding >= 0 && inputHeight + 2 * padding >= kernel && inputWidth + 2 * padding >= kernel,
            "no \(kernel)x\(kernel) window fits into \(inputHeight) x \(inputWidth) pixels padded by \(padding)")
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
    }

    public var outputHeight: Int { (inputHeight + 2 * padding - kernel) / stride + 1 }
    public var outputWidth: Int { (inputWidth + 2 * padding - kernel) / stride + 1 }
}

/// im2col for inputs whose channels fill whole vectors: channel blocks `blocks` of every
/// patch, a patch being `[kernel x kernel x channels]`, as packed rows of a left matrix.
@_alwaysEmitIntoClient @inline(__always)
func im2col<V: FloatVector, Reader: ElementReader>(
    _: V.Type, _: Reader.Type, input: FeatureMap, geometry: ConvolutionGeometry, rows: Range<Int>, blocks: Range<Int>,
    packed: UnsafePointer<PackedRow>, output: UnsafeMutablePointer<Float>
) {
    // Blocks of an input pixel. The last one may hold channels of the next pixel, which no weight
    // meets when the kernel is 1x1.
    let blocksPerPixel = (input.channels + V.lanes - 1) / V.lanes
    for block in blocks {
        let tap = block / blocksPerPixel
        let channel = (block - tap * blocksPerPixel) * V.lanes
        var destination = packed
        for oy in rows {
            let y = oy * geometry.stride - geometry.padding + tap / geometry.kernel
            for ox in 0..<geometry.outputWidth {
                let x = ox * geometry.stride - geometry.padding + tap % geometry.kernel
                let inside = y >= 0 && y < input.height && x >= 0 && x < input.width
                let value = inside
                    ? Reader.load(V.self, input.address(pixel: y * input.width + x, channel: channel)) : V.zero
                value.store(output + destination.pointee.word(block: block))
                destination += 1
            }
        }
    }
}

/// im2col for inputs of 32-bit floats with few channels (an RGB image): whole patches, zero-padded to whole
/// blocks, as packed rows of a left matrix.
@_alwaysEmitIntoClient @inline(__always)
func im2colFewChannels<V: FloatVector>(
    _: V.Type, input: FeatureMap, geometry: ConvolutionGeometry, rows: Range<Int>,
    packed: UnsafePointer<PackedRow>, output: UnsafeMutablePointer<Float>
) {
    let line = geometry.kernel * input.channels
    let blocks = (geometry.kernel * line + V.lanes - 1) / V.lanes
    withUnsafeTemporaryAllocation(byteCount: (blocks * V.lanes + 2 * V.lanes) * 4, alignment: 64) { memory in
        let patch = memory.initializeMemory(as: Float.self, repeating: 0).baseAddress!
        var destination = packed
        for oy in rows {
            for ox in 0..<geometry.outputWidth {
                let x = ox * geometry.stride - geometry.padding
                for ky in 0..<geometry.kernel {
                    let y = oy * geometry.stride - geometry.padding + ky
                    let target = patch + ky * line
                    let source = input.address(pixel: y * input.width + x, channel: 0).assumingMemoryBound(to: Float.self)
                    if y >= 0 && y < input.height && x >= 0 && x + geometry.kernel <= input.width {
                        // Whole vectors: the next line overwrites the excess.
                        for i in stride(from: 0, to: line, by: V.lanes) { V.load(source + i).store(target + i) }
                    } else {
                        for i in 0..<line {
                            let column = x + i / input.channels
                            let isInside = y >= 0 && y < input.height && column >= 0 && column < input.width
                            target[i] = isInside ? source[i] : 0
                        }
                    }
                }
                for block in 0..<blocks {
                    V.load(patch + block * V.lanes)
                        .store(output + destination.pointee.word(block: block))
                }
                destination += 1
            }
        }
    }
}
