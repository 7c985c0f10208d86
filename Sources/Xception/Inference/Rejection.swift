import ModelFiles
import Platform

/// Detects photos unlike all photos that a head was trained on: the sum of two z-scores, of the energy (log-sum-exp of
/// the logits; Liu et al. 2020) and of the cosine to the nearest class mean. A photo below the threshold is rejected.
package struct Rejection: Sendable, Equatable {
    package var parameters: RejectionParameters
    /// The mean unit-length feature of generic photos, which is subtracted from every feature, `[2048]`.
    package let center: [Float]
    /// A unit vector per class, `[classes x 2048]`.
    package let means: [Float]

    /// Returns the similarity of a photo to the training photos: 0 is the mean of held-out ones.
    ///
    /// - Parameters:
    ///   - features: the photo's features, `[2048]`, of any length.
    ///   - logits: the head's outputs for them.
    package func score(features: [Float], logits: [Float]) -> RejectionScore {
        let cosine = ClassMeans(center: center, means: means).nearest(to: features)
        let value = score(energy: Self.energy(logits), cosine: cosine)
        return RejectionScore(value: value, isRejected: value < parameters.threshold)
    }

    static func energy(_ logits: [Float]) -> Double { logSumExp(logits.map { Double($0) }) }

    func score(energy: Double, cosine: Double) -> Double {
        (energy - parameters.energyMean) / parameters.energyDeviation
            + (cosine - parameters.cosineMean) / parameters.cosineDeviation
    }
}

/// The similarity of a photo to the training photos.
package struct RejectionScore: Sendable, Equatable {
    /// The score: 0 for the mean of held-out training photos; the lower, the less alike.
    package let value: Double
    package let isRejected: Bool

    package init(value: Double, isRejected: Bool) {
        self.value = value
        self.isRejected = isRejected
    }
}

extension Rejection {
    /// The number of photos per class that a threshold needs; likewise in all.
    package static let minimumPhotosPerClass = 10
    package static let minimumPhotos = 50

    /// Sets scales and threshold from held-out photos: their energies, and their cosines to class means computed
    /// without them.
    init(center: [Float], means: ClassMeans, energies: [Double], cosines: [Double], quantile: Double) {
        let (energyMean, energyDeviation) = Self.moments(energies)
        let (cosineMean, cosineDeviation) = Self.moments(cosines)
        let parameters = RejectionParameters(
            energyMean: energyMean, energyDeviation: energyDeviation, cosineMean: cosineMean,
            cosineDeviation: cosineDeviation, threshold: 0, quantile: quantile)
        self.init(parameters: parameters, center: center, means: means.means)
        self.parameters.threshold = Self.quantile(
            quantile, of: zip(energies, cosines).map { score(energy: $0, cosine: $1) })
    }

    private static func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        // Equal values have no scale.
        return (mean, variance > 0 ? variance.squareRoot() : 1)
    }

    /// Interpolates between neighbours, as numpy's `quantile`.
    private static func quantile(_ share: Double, of values: [Double]) -> Double {
        let sorted = values.sorted()
        let position = share * Double(sorted.count - 1)
        let index = Int(position)
        guard index + 1 < sorted.count else { return sorted[index] }
        return sorted[index] + (position - Double(index)) * (sorted[index + 1] - sorted[index])
    }
}

/// The mean direction of each class's features relative to generic photos.
struct ClassMeans: Sendable {
    let center: [Float]
    /// `[classes x 2048]`, of unit length.
    let means: [Float]

    init(center: [Float], means: [Float]) {
        self.center = center
        self.means = means
    }

    /// Computes the means.
    ///
    /// - Parameters:
    ///   - features: one vector per photo, of any length.
    ///   - subset: the photos to include.
    init(center: [Float], features: [[Float]], labels: [Int], classes: Int, subset: [Int]) {
        let count = center.count
        var sums = [Double](repeating: 0, count: classes * count)
        for photo in subset {
            let direction = Self.direction(features[photo], from: center)
            for index in 0..<count { sums[labels[photo] * count + index] += Double(direction[index]) }
        }
        self.center = center
        means = (0..<classes).flatMap { index in
            Self.normalized(sums[index * count..<(index + 1) * count].map { Float($0) })
        }
    }

    /// Returns the largest cosine to a class's mean.
    func nearest(to features: [Float]) -> Double {
        let count = center.count
        let direction = Self.direction(features, from: center)
        return (0..<means.count / count).map { index in
            let first = index * count
            return (0..<count).reduce(0.0) { $0 + Double(direction[$1]) * Double(means[first + $1]) }
        }.max() ?? 0
    }

    private static func direction(_ features: [Float], from center: [Float]) -> [Float] {
        normalized(zip(normalized(features), center).map { $0 - $1 })
    }

    private static func normalized(_ vector: [Float]) -> [Float] {
        let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        return length > 0 ? vector.map { Float(Double($0) / length) } : vector
    }
}
