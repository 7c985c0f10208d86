/// A photo to compare others with.
///
/// The similarity of two photos is the cosine of the angle between their features, each of unit length less the generic
/// mean m. With c = (q - m) / |q - m| for the query, and bytes a of a photo with S the sum of their squares, it is (c.a
/// / sqrt(S) - c.m) / sqrt(1 - 2 a.m / sqrt(S) + m.m): one product of rows, and sums that are stored.
package struct SimilarityQuery: Sendable {
    /// c.
    private let direction: [Float]
    /// c in signed bytes; the terms' `step` is the value of one.
    let bytes: [Int8]
    let terms: Terms

    /// The numbers that turn a product into a similarity, without the rows: a loop over photos copies them without
    /// counting references.
    struct Terms {
        let byteSum: Int32
        let step: Double
        /// c.m
        let meanProduct: Double
        /// m.m
        let meanSquares: Double
    }

    /// Makes a query.
    ///
    /// - Parameter features: the network's features.
    /// - Returns: nil if all are 0, which have no direction.
    package init?(_ features: [Float], mean: GenericMean) {
        precondition(features.count == mean.values.count, "features of another network")
        let length = Self.length(features.map(Double.init))
        guard length > 0, length.isFinite else { return nil }
        let centred = zip(features, mean.values).map { Double($0.0) / length - Double($0.1) }
        let centredLength = Self.length(centred)
        guard centredLength > 0 else { return nil }
        let direction = centred.map { $0 / centredLength }
        let largest = direction.reduce(0) { max($0, abs($1)) }
        bytes = direction.map { Int8(($0 * 127 / largest).rounded(.toNearestOrEven)) }
        terms = Terms(
            byteSum: bytes.reduce(0) { $0 + Int32($1) }, step: largest / 127,
            meanProduct: zip(direction, mean.values).reduce(0) { $0 + $1.0 * Double($1.1) },
            meanSquares: mean.squareSum)
        self.direction = direction.map(Float.init)
    }

    private static func length(_ values: [Double]) -> Double {
        values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }

    /// Returns the similarity of a photo: 1 for the query's own, 0 for one without features.
    package func similarity(to photo: QuantizedFeatures) -> Double {
        let product = zip(direction, photo.bytes).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        return terms.similarity(product: product, squareSum: photo.squareSum, meanSum: photo.meanSum)
    }
}

extension SimilarityQuery.Terms {
    /// Returns the similarity to within about 0.005, from the product of the query's bytes with a photo's.
    func approximateSimilarity(product: Int32, squareSum: Int, meanSum: Double) -> Double {
        similarity(product: Double(product) * step, squareSum: squareSum, meanSum: meanSum)
    }

    /// Returns the similarity from the product of c with a photo's bytes.
    func similarity(product: Double, squareSum: Int, meanSum: Double) -> Double {
        guard squareSum > 0 else { return 0 }
        let inverse = 1 / Double(squareSum).squareRoot()
        let distance = 1 - 2 * meanSum * inverse + meanSquares
        // A photo that equals the mean has no direction.
        guard distance > 1e-12 else { return 0 }
        return max(-1, min(1, (product * inverse - meanProduct) / distance.squareRoot()))
    }
}
