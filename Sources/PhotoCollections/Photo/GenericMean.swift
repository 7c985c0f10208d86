/// The mean of photos' features, each of unit length. Features minus this mean express more of what distinguishes a
/// photo: the nearest photos are of the same kind more often on each of six sets.
package struct GenericMean: Equatable, Sendable {
    /// One value per feature.
    package let values: [Float]
    package let squareSum: Double

    package init(_ values: [Float]) {
        self.values = values
        squareSum = values.reduce(0) { $0 + Double($1) * Double($1) }
    }

    /// Xception's mean, of 1,000 photos of as many kinds. Networks with another number of features have none.
    package static func standard(featureCount: Int) -> GenericMean {
        let bytes = PackageResources.generic_mean_f32
        guard bytes.count == 4 * featureCount else { return GenericMean([Float](repeating: 0, count: featureCount)) }
        return GenericMean(bytes: bytes)
    }

    /// Reads a mean.
    ///
    /// - Parameter bytes: 32-bit little-endian floats.
    init(bytes: [UInt8]) {
        self.init(
            bytes.withUnsafeBytes { bytes in
                (0..<bytes.count / 4).map {
                    Float(
                        bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
                }
            })
    }

    /// The values in the format of ``init(bytes:)``.
    var bytes: [UInt8] {
        values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
    }
}
