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

/// im2col for inputs of 32-bit floats with few channels (an RGB image): whole patches, as packed rows of a left matrix.
/// Whatever follows them in their last block is no part of the product's depth.
///
/// The input rows of an output row are copied with their padding first, so that all patches are alike. A block holds
/// the end of one line of a patch and the beginning of the next: a vector is read from each.
@_alwaysEmitIntoClient @inline(__always)
func im2colFewChannels<V: FloatVector>(_: V.Type, _ patches: ImagePatches, _ part: OperandPart) {
    let (input, geometry) = (patches.input, patches.geometry)
    let (kernel, channels, width) = (geometry.kernel, input.channels, geometry.outputWidth)
    let line = kernel * channels
    let step = geometry.stride * channels
    let padding = geometry.columnPadding.before
    let columns = (width - 1) * geometry.stride + kernel
    let copied = min(input.width, columns - padding) * channels
    // Vectors begin up to a vector before a line, and end up to a vector after it.
    let size = columns * channels + 2 * V.lanes
    withUnsafeTemporaryAllocation(byteCount: kernel * size * 4, alignment: CacheLine.bytes) { memory in
        let lines = memory.initializeMemory(as: Float.self, repeating: 0).baseAddress! + V.lanes
        var places = part.places
        for oy in part.rows {
            for ky in 0..<kernel {
                let y = oy * geometry.stride - geometry.rowPadding.before + ky
                let row = lines + ky * size + padding * channels
                if y >= 0 && y < input.height {
                    let source = input.address(pixel: y * input.width, channel: 0)
                    row.update(from: source.assumingMemoryBound(to: Float.self), count: copied)
                } else {
                    row.update(repeating: 0, count: copied)
                }
            }
            for block in part.blocks {
                let start = block * V.lanes
                let first = start / line
                for ky in first...min((start + V.lanes - 1) / line, kernel - 1) {
                    let source = lines + ky * size + start - ky * line
                    var mask = V.Integers.zero
                    for lane in 0..<V.lanes where start + lane >= ky * line { mask[lane] = -1 }
                    for ox in 0..<width {
                        let place = part.output + places[ox].word(block: block)
                        let values = V.load(source + ox * step)
                        (ky == first ? values : V.selecting(values, V.load(place), mask)).store(place)
                    }
                }
            }
            places += width
        }
    }
}
