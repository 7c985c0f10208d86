/// What a convolution reads for each output pixel: a square of the input.
public struct PatchGeometry: Sendable {
    public let kernel: Int
    public let stride: Int
    /// Zeros before the first row and column; as many as needed are assumed after the last.
    public let padding: Int
    public let outputHeight: Int
    public let outputWidth: Int

    public init(kernel: Int, stride: Int, padding: Int, outputHeight: Int, outputWidth: Int) {
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.outputHeight = outputHeight
        self.outputWidth = outputWidth
    }
}

/// im2col for inputs whose channels fill whole vectors: channel blocks `blocks` of every
/// patch, a patch being `[kernel x kernel x channels]`, as packed rows of a left matrix.
@_alwaysEmitIntoClient @inline(__always)
func packPatches<V: FloatVector>(
    _: V.Type, input: FeatureMap, geometry: PatchGeometry, rows: Range<Int>, blocks: Range<Int>,
    packed: UnsafePointer<PackedRow>, output: UnsafeMutablePointer<Float>
) {
    // Blocks of an input pixel; the last one may hold channels of the pixel behind it,
    // which no weight meets when the kernel is 1x1.
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
                let value = inside ? V.load(input.base + (y * input.width + x) * input.pixelStride + channel) : V.zero
                value.store(output + Int(destination.pointee.offset) + block * Int(destination.pointee.step))
                destination += 1
            }
        }
    }
}

/// im2col for inputs with few channels (an RGB image): whole patches, zero-padded to whole
/// blocks, as packed rows of a left matrix.
@_alwaysEmitIntoClient @inline(__always)
func packNarrowPatches<V: FloatVector>(
    _: V.Type, input: FeatureMap, geometry: PatchGeometry, rows: Range<Int>,
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
                    let source = input.base + (y * input.width + x) * input.pixelStride
                    if y >= 0 && y < input.height && x >= 0 && x + geometry.kernel <= input.width {
                        // Whole vectors; what a line writes too much the next one overwrites.
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
                        .store(output + Int(destination.pointee.offset) + block * Int(destination.pointee.step))
                }
                destination += 1
            }
        }
    }
}
