/// The weights of one axis of a resize: for each requested output position the first source position and the weights of
/// the source positions that follow. Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc` (Resample.c), in the same
/// order of operations.
struct ResampleWeights {
    /// Fractional bits of a weight: 32, less 8 of a sample and 2 for a filter that overshoots.
    static let fractionBits: Int32 = 32 - 8 - 2

    /// Source positions `starts[i]..<starts[i] + counts[i]` make the i-th wanted output position.
    let starts: [Int]
    let counts: [Int]
    /// `[outputs x tapCount]`, zero from `counts[i]` on. Grows with the input's side.
    let fixedPoint: ImageBuffer<Int32>
    let tapCount: Int

    /// The source positions that are read.
    var sources: Range<Int> { starts.first!..<starts.last! + counts.last! }

    /// The weights of output position `output`.
    func taps(of output: Int) -> UnsafeBufferPointer<Int32> {
        UnsafeBufferPointer(start: fixedPoint.start + output * tapCount, count: counts[output])
    }

    /// Computes the weights.
    ///
    /// - Parameters:
    ///   - covered: the input positions that become the output, Pillow's `box`: `0..<inputSize` or a part of it.
    ///   - outputs: the requested output positions, a part of `0..<outputSize`.
    /// - Throws: ``ImageError/outOfMemory``.
    init(
        filter: ResampleFilter, from inputSize: Int, covered: Range<Double>, to outputSize: Int, outputs: Range<Int>
    ) throws(ImageError) {
        let scale = (covered.upperBound - covered.lowerBound) / Double(outputSize)
        let filterScale = max(scale, 1)
        let inverseFilterScale = 1 / filterScale
        let support = filter.support * filterScale
        tapCount = Int(support.rounded(.up)) * 2 + 1

        var starts: [Int] = []
        var counts: [Int] = []
        fixedPoint = try ImageBuffer(count: outputs.count * tapCount)
        let taps = try ImageBuffer<Double>(count: tapCount)
        let weights = taps.start
        starts.reserveCapacity(outputs.count)
        counts.reserveCapacity(outputs.count)
        for position in outputs {
            let center = covered.lowerBound + (Double(position) + 0.5) * scale
            let start = max(Int(center - support + 0.5), 0)
            let count = min(Int(center + support + 0.5), inputSize) - start
            var sum = 0.0
            for tap in 0..<count {
                weights[tap] = filter.weight(at: (Double(tap + start) - center + 0.5) * inverseFilterScale)
                sum += weights[tap]
            }
            for tap in 0..<count {
                let weight = (sum == 0 ? weights[tap] : weights[tap] / sum) * Double(1 << Self.fractionBits)
                fixedPoint.start[(position - outputs.lowerBound) * tapCount + tap] = Int32(
                    weight + (weight < 0 ? -0.5 : 0.5))
            }
            starts.append(start)
            counts.append(count)
        }
        (self.starts, self.counts) = (starts, counts)
    }
}
