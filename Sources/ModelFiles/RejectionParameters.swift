/// The parameters with which a head detects photos unlike its training photos. Their class means and generic mean are
/// tensors of their own.
package struct RejectionParameters: Sendable, Equatable, Codable {
    /// Statistics of held-out training photos: log-sum-exp of the logits, and the cosine to the nearest class mean.
    package var energyMean: Double
    package var energyDeviation: Double
    package var cosineMean: Double
    package var cosineDeviation: Double
    /// The least sum of both z-scores; photos below it are rejected.
    package var threshold: Double
    /// The share of held-out photos below the threshold.
    package var quantile: Double

    package static let meansTensor = "reject/means"
    package static let centerTensor = "reject/center"

    private enum CodingKeys: String, CodingKey {
        case energyMean = "energy_mean"
        case energyDeviation = "energy_sd"
        case cosineMean = "cosine_mean"
        case cosineDeviation = "cosine_sd"
        case threshold
        case quantile
    }

    package init(
        energyMean: Double, energyDeviation: Double, cosineMean: Double, cosineDeviation: Double, threshold: Double,
        quantile: Double
    ) {
        self.energyMean = energyMean
        self.energyDeviation = energyDeviation
        self.cosineMean = cosineMean
        self.cosineDeviation = cosineDeviation
        self.threshold = threshold
        self.quantile = quantile
    }

    var isUsable: Bool {
        [energyMean, energyDeviation, cosineMean, cosineDeviation, threshold].allSatisfy(\.isFinite)
            && energyDeviation > 0 && cosineDeviation > 0
    }
}
