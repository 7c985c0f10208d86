/// The patches of an image that a convolution multiplies, each `[kernel x kernel x channels]`.
public struct ImagePatches: @unchecked Sendable {
    @usableFromInline let input: FeatureMap
    @usableFromInline let geometry: ConvolutionGeometry
}

/// im2col for inputs whose channels fill whole vectors, as packed rows of a left matrix.
@_alwaysEmitIntoClient @inline(__always)
func im2col<V: FloatVector, Reader: ElementReader>(
    _: V.Type, _: Reader.Type, _ patches: ImagePatches, _ part: OperandPart
) {
    let (input, geometry) = (patches.input, patches.geometry)
    // Blocks of an input pixel. The last one may hold channels of the next pixel, which no weight
    // meets when the kernel is 1x1.
    let blocksPerPixel = (input.channels + V.lanes - 1) / V.lanes
    for block in part.blocks {
        let tap = block / blocksPerPixel
        let channel = (block - tap * blocksPerPixel) * V.lanes
        var destination = part.places
        for oy in part.rows {
            let y = oy * geometry.stride - geometry.rowPadding.before + tap / geometry.kernel
            for ox in 0..<geometry.outputWidth {
                let x = ox * geometry.stride - geometry.columnPadding.before + tap % geometry.kernel
                let inside = y >= 0 && y < input.height && x >= 0 && x < input.width
                let value = inside
                    ? Reader.load(V.self, input.address(pixel: y * input.width + x, channel: channel)) : V.zero
                value.store(part.output + destination.pointee.word(block: block))
                destination += 1
            }
        }
    }
}

/// im2col for inputs of 32-bit floats with few channels (an RGB image): whole patches, zero-padded to whole
/// blocks, as packed rows of a left matrix.
@_alwaysEmitIntoClient @inline(__always)
func im2colFewChannels<V: FloatVector>(_: V.Type, _ patches: ImagePatches, _ part: OperandPart) {
    let (input, geometry) = (patches.input, patches.geometry)
    let line = geometry.kernel * input.channels
    let blocks = (geometry.kernel * line + V.lanes - 1) / V.lanes
    withUnsafeTemporaryAllocation(byteCount: (blocks * V.lanes + 2 * V.lanes) * 4, alignment: 64) { memory in
        let patch = memory.initializeMemory(as: Float.self, repeating: 0).baseAddress!
        var destination = part.places
        for oy in part.rows {
            for ox in 0..<geometry.outputWidth {
                let x = ox * geometry.stride - geometry.columnPadding.before
                for ky in 0..<geometry.kernel {
                    let y = oy * geometry.stride - geometry.rowPadding.before + ky
                    let target = patch + ky * line
                    let source = input.address(pixel: y * input.width + x, channel: 0).assumingMemoryBound(
                        to: Float.self)
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
                        .store(part.output + destination.pointee.word(block: block))
                }
                destination += 1
            }
        }
    }
}
