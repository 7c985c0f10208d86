import Kernels

/// The subspace of the features of a sample of photos, which holds most of those of all of them.
///
/// For vectors x and y of unit length with projections p and q and residuals r and s, x.y <= p.q + |r| |s|. So 256
/// coordinates exclude most pairs of photos that are not alike, and no pair that is alike.
struct FeatureSubspace {
    static let dimensions = 256

    private let featureCount: Int
    /// Directions in 16 bits plus 32768, `[2 x dimensions x featureCount]`: all high bytes, then all low ones.
    private let planes: [UInt8]
    /// The sum of each direction's 16-bit numbers.
    private let sums: [Int]
    /// The value of 1 in those numbers.
    private let step: Float

    /// - Complexity: O(dimensions^2 x features).
    init(of photos: ComparedPhotos) {
        featureCount = photos.featureCount
        let vectors = Self.sample(photos.count).map { Vector(photos.bytes(of: $0)) }
        let directions = Self.rotated(Self.orthonormal(vectors), length: featureCount)
        let largest = directions.reduce(Float.leastNormalMagnitude) { $1.elements.reduce($0) { max($0, abs($1)) } }
        let numbers = directions.map { direction in direction.elements.map { Int(($0 * 32_767 / largest).rounded()) } }
        planes = [8, 0].flatMap { shift in
            numbers.flatMap { $0.map { UInt8(truncatingIfNeeded: ($0 + 32_768) >> shift) } }
        }
        sums = numbers.map { $0.reduce(0, +) }
        step = largest / 32_767
    }

    /// Returns photos to make the subspace of: 256 of many, an eighth of a few.
    private static func sample(_ count: Int) -> [Int] {
        let size = min(dimensions, (count + 7) / 8)
        return (0..<size).map { $0 * count / size }
    }

    /// Returns orthonormal directions that span the vectors (Gram-Schmidt). There are fewer than vectors if some depend
    /// on others.
    private static func orthonormal(_ vectors: [Vector]) -> [Vector] {
        var directions: [Vector] = []
        for var vector in vectors {
            // A second round removes the errors of the first.
            for _ in 0..<2 {
                for direction in directions { vector.add(direction, times: -vector.product(direction)) }
            }
            let length = vector.product(vector).squareRoot()
            if length > 0.05 { directions.append(vector.scaled(1 / length)) }
        }
        return directions
    }

    /// Rotates directions by a Hadamard matrix, so that no coordinate of a photo is much larger than others: bytes
    /// represent them more exactly. Missing directions count as zeros.
    private static func rotated(_ directions: [Vector], length: Int) -> [Vector] {
        var rotated = directions + Array(repeating: Vector(zeros: length), count: dimensions - directions.count)
        var distance = 1
        while distance < dimensions {
            for first in 0..<dimensions where first & distance == 0 {
                let (a, b) = (rotated[first], rotated[first + distance])
                rotated[first].add(b, times: 1)
                rotated[first + distance] = a
                rotated[first + distance].add(b, times: -1)
            }
            distance *= 2
        }
        return rotated.map { $0.scaled(1 / Float(dimensions).squareRoot()) }
    }

    /// Returns the coordinates of some photos' features at unit length, `[photos x dimensions]`.
    func coordinates(_ range: Range<Int>, of photos: ComparedPhotos, kernels: any RowKernels.Type) -> [Float] {
        let (rows, count) = (2 * Self.dimensions, range.count)
        var products = [Int32](repeating: 0, count: rows * count)
        photos.features.withUnsafeBufferPointer { features in
            photos.byteSums.withUnsafeBufferPointer { byteSums in
                kernels.dots(
                    rows: planes, rowCount: rows, others: features.baseAddress! + range.lowerBound * featureCount,
                    otherSums: byteSums.baseAddress! + range.lowerBound, otherCount: count, length: featureCount,
                    into: &products)
            }
        }
        var coordinates: [Float] = []
        coordinates.reserveCapacity(count * Self.dimensions)
        for (index, photo) in range.enumerated() {
            let scale = step * photos.inverseLengths[photo]
            let offset = 32_768 * Int(photos.byteSums[photo])
            for dimension in 0..<Self.dimensions {
                let high = Int(products[dimension * count + index])
                let low = Int(products[(Self.dimensions + dimension) * count + index])
                // The photos' bytes are stored minus 128.
                coordinates.append(Float(high << 8 + low - offset + 128 * sums[dimension]) * scale)
            }
        }
        return coordinates
    }
}

/// A vector of floats, in registers' width.
private struct Vector {
    private var parts: [SIMD16<Float>]

    /// - Parameter length: a multiple of 16.
    init(zeros length: Int) {
        parts = Array(repeating: .zero, count: length / 16)
    }

    /// Converts bytes to a vector of unit length, or of zeros if all are 0.
    init(_ bytes: some Sequence<UInt8>) {
        let values = bytes.map(Float.init)
        self.init(zeros: values.count)
        for (index, value) in values.enumerated() { parts[index / 16][index % 16] = value }
        let length = product(self).squareRoot()
        if length > 0 { self = scaled(1 / length) }
    }

    var elements: [Float] { parts.flatMap { part in (0..<16).map { part[$0] } } }

    func product(_ other: Vector) -> Float {
        var sums = SIMD16<Float>.zero
        for (a, b) in zip(parts, other.parts) { sums += a * b }
        return sums.sum()
    }

    mutating func add(_ other: Vector, times factor: Float) {
        for index in parts.indices { parts[index] += other.parts[index] * factor }
    }

    func scaled(_ factor: Float) -> Vector {
        var scaled = self
        for index in parts.indices { scaled.parts[index] *= factor }
        return scaled
    }
}
