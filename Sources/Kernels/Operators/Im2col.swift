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
/// The patches of an output row are assembled line by line before the first is copied: a vector that was just written
/// in two parts would have to wait for both.
@_alwaysEmitIntoClient @inline(__always)
func im2colFewChannels<V: FloatVector>(_: V.Type, _ patches: ImagePatches, _ part: OperandPart) {
    let (input, geometry) = (patches.input, patches.geometry)
    let (kernel, channels, width) = (geometry.kernel, input.channels, geometry.outputWidth)
    let line = kernel * channels
    let blocks = (kernel * line + V.lanes - 1) / V.lanes
    // Lines are copied in whole vectors: the next line overwrites the excess, and a vector more takes the last one's.
    let size = (blocks + 1) * V.lanes
    let (before, step) = (geometry.columnPadding.before, geometry.stride * channels)
    // Windows between the left and the right edge.
    let first = min((before + geometry.stride - 1) / geometry.stride, width)
    let inner = first..<max(first, min((input.width + before - kernel) / geometry.stride + 1, width))
    withUnsafeTemporaryAllocation(byteCount: width * size * 4, alignment: CacheLine.bytes) { memory in
        let patches = memory.initializeMemory(as: Float.self, repeating: 0).baseAddress!
        var destination = part.places
        for oy in part.rows {
            for ky in 0..<kernel {
                let y = oy * geometry.stride - geometry.rowPadding.before + ky
                let isInside = y >= 0 && y < input.height
                let row = input.address(pixel: isInside ? y * input.width : 0, channel: 0).assumingMemoryBound(to: Float.self)
                let lines = patches + ky * line
                if isInside {
                    for ox in inner {
                        let (source, target) = (row + ox * step - before * channels, lines + ox * size)
                        for i in stride(from: 0, to: line, by: V.lanes) { V.load(source + i).store(target + i) }
                    }
                }
                for ox in 0..<width where !isInside || !inner.contains(ox) {
                    for i in 0..<line {
                        let column = ox * geometry.stride - before + i / channels
                        lines[ox * size + i] = isInside && column >= 0 && column < input.width
                            ? row[column * channels + i % channels] : 0
                    }
                }
            }
            for ox in 0..<width {
                let (patch, place) = (patches + ox * size, destination.pointee)
                for block in 0..<blocks {
                    V.load(patch + block * V.lanes).store(part.output + place.word(block: block))
                }
                destination += 1
            }
        }
    }
}
