import Images
import Platform

/// A hash of the look of a picture, and one of its mirror image: few of the 64 bits differ between pictures that were
/// scaled, recompressed or recoloured. Equal to `imagehash.phash` of the picture squashed to 299 x 299.
package struct PerceptualHash: Equatable, Sendable {
    /// The first coefficient, of the lowest frequencies, is the highest bit; rows follow one another.
    package let plain: UInt64
    package let mirrored: UInt64

    /// The network's input size, at which a hash needs no second decoding of the file.
    static let squashedSide = 299
    /// The side of the picture that is transformed.
    static let side = 32
    /// The number of lowest frequencies kept in each direction.
    static let frequencies = 8

    package init(plain: UInt64, mirrored: UInt64) {
        self.plain = plain
        self.mirrored = mirrored
    }

    /// Hashes an image.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    package init(_ image: RGBImage) throws(ImageError) {
        let small = try image.luma(width: Self.squashedSide, height: Self.squashedSide)
            .resized(width: Self.side, height: Self.side, filter: .lanczos)
        let coefficients = Self.lowFrequencies(small.greySamples.map(Double.init))
        // In the mirror image, waves that are odd from left to right change their sign.
        let mirrored = coefficients.enumerated().map { $0.offset % 2 == 0 ? $0.element : -$0.element }
        self.init(plain: Self.bits(coefficients), mirrored: Self.bits(mirrored))
    }

    /// Returns the lowest frequencies of the two-dimensional DCT-II, scipy's without a norm.
    private static func lowFrequencies(_ samples: [Double]) -> [Double] {
        let waves = (0..<frequencies).map { wave(frequency: $0) }
        let rows = waves.map { wave in
            (0..<side).map { x in product(wave, stride(from: x, to: samples.count, by: side).map { samples[$0] }) }
        }
        return rows.flatMap { row in waves.map { product(row, $0) } }
    }

    private static func wave(frequency: Int) -> [Double] {
        let step = Double.pi * Double(frequency) / Double(2 * side)
        return (0..<side).map { 2 * cos(step * Double(2 * $0 + 1)) }
    }

    private static func product(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private static func bits(_ coefficients: [Double]) -> UInt64 {
        let sorted = coefficients.sorted()
        let median = (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2
        return coefficients.reduce(0) { $0 << 1 | ($1 > median ? 1 : 0) }
    }

    /// Returns the number of bits that differ, for this picture or its mirror image, whichever is nearer.
    package func distance(to other: PerceptualHash) -> Int {
        min((plain ^ other.plain).nonzeroBitCount, (mirrored ^ other.plain).nonzeroBitCount)
    }
}
