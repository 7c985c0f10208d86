import ModelFiles
import Platform

extension HeadActivation {
    /// Returns one probability per logit. Those of a softmax add up to 1.
    package func probabilities(_ logits: [Float]) -> [Float] {
        switch self {
        case .softmax:
            // In Double: added to a sum near 1, a thousand small powers would be rounded away in Float (probabilities
            // then sum to 1.00001).
            let largest = logits.max() ?? 0
            let powers = logits.map { exp(Double($0 - largest)) }
            let sum = powers.reduce(0, +)
            return powers.map { Float($0 / sum) }
        case .sigmoid:
            return logits.map { 1 / (1 + exp(-$0)) }
        }
    }
}
