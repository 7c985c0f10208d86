import CSIMD

/// Where each row of a left matrix stands in its packed tiles: channel block `b` of row `i`
/// begins `offset + b * step` floats behind the matrix' base.
public struct PackedRow: Sendable {
    public let offset: Int32
    public let step: Int32
}

/// A view of an activation: `[height x width x channels]`, channels innermost.
public struct FeatureMap: @unchecked Sendable {
    public let base: UnsafeMutablePointer<Float>
    public let height: Int
    public let width: Int
    public let channels: Int
    /// Floats from one pixel to the next.
    public let pixelStride: Int

    /// - Parameter base: ``count`` floats for these sizes, and one vector of readable slack behind
    ///   them: the last channels are read in whole vectors.
    public init(base: UnsafeMutablePointer<Float>, height: Int, width: Int, channels: Int) {
        self.base = base
        self.height = height
        self.width = width
        self.channels = channels
        pixelStride = Self.pixelStride(channels: channels)
    }

    /// Pixels begin at cache lines: a vector that reaches over two costs two accesses. Those of an
    /// image stand close together, as decoders and resizing leave them.
    private static func pixelStride(channels: Int) -> Int {
        let line = KernelSet.maximumLanes
        return channels < line ? channels : (channels + line - 1) / line * line
    }

    public var pixels: Int { height * width }

    /// Floats of an activation.
    public static func count(height: Int, width: Int, channels: Int) -> Int {
        height * width * pixelStride(channels: channels)
    }
}

/// 3x3 depthwise convolution, stride 1, padding "same", of image rows `rows`, written as
/// channel blocks `blocks` of packed rows of a left matrix.
///
/// Sliding along an image row, each loaded vector meets the three columns of weights it
/// belongs to: 3 loads and 9 multiply-adds an output.
///
/// - Parameters:
///   - weights: `[9 x channels]`, with a vector of slack.
///   - rectifies: apply ReLU to what is read.
///   - firstChannel: the channel that block 0 begins with.
///   - packed: one entry for each pixel from `rows.lowerBound` on.
@_alwaysEmitIntoClient @inline(__always)
func depthwise<V: FloatVector>(
    _: V.Type, rectifies: Bool, input: FeatureMap, weights: UnsafePointer<Float>, rows: Range<Int>,
    firstChannel: Int, blocks: Range<Int>, packed: UnsafePointer<PackedRow>, output: UnsafeMutablePointer<Float>
) {
    let pixelStride = input.pixelStride
    let rowStride = input.width * pixelStride
    let tapStride = input.channels
    for block in blocks {
        let channel = firstChannel + block * V.lanes
        let weights = weights + channel
        var destination = packed
        for y in rows {
            // Rows outside the image count as zero: their weights are, and some row is read.
            let hasAbove = y > 0
            let hasBelow = y + 1 < input.height
            let middle = UnsafePointer(input.base) + y * rowStride + channel
            let above = hasAbove ? middle - rowStride : middle
            let below = hasBelow ? middle + rowStride : middle
            let w00 = hasAbove ? V.load(weights) : V.zero
            let w01 = hasAbove ? V.load(weights + tapStride) : V.zero
            let w02 = hasAbove ? V.load(weights + 2 * tapStride) : V.zero
            let w10 = V.load(weights + 3 * tapStride)
            let w11 = V.load(weights + 4 * tapStride)
            let w12 = V.load(weights + 5 * tapStride)
            let w20 = hasBelow ? V.load(weights + 6 * tapStride) : V.zero
            let w21 = hasBelow ? V.load(weights + 7 * tapStride) : V.zero
            let w22 = hasBelow ? V.load(weights + 8 * tapStride) : V.zero

            // Sums of the output left of the column in hand, and of the one at it.
            var left = V.zero
            var here = V.zero
            var offset = 0
            for x in 0..<input.width {
                var a = V.load(above + offset)
                var b = V.load(middle + offset)
                var c = V.load(below + offset)
                if rectifies {
                    a = V.maximum(a, V.zero)
                    b = V.maximum(b, V.zero)
                    c = V.maximum(c, V.zero)
                }
                // The next block ends in the next cache line of each pixel, pixels far apart.
                csimd_prefetch(below + offset + 2 * V.lanes - 1)
                offset += pixelStride
                left = left.adding(a, times: w02).adding(b, times: w12).adding(c, times: w22)
                if x > 0 {
                    left.store(output + Int(destination.pointee.offset) + block * Int(destination.pointee.step))
                    destination += 1
                }
                left = here.adding(a, times: w01).adding(b, times: w11).adding(c, times: w21)
                here = (a * w00).adding(b, times: w10).adding(c, times: w20)
            }
            left.store(output + Int(destination.pointee.offset) + block * Int(destination.pointee.step))
            destination += 1
        }
    }
}
