import Xception

extension Share {
    /// The share in percent with its 95% interval: "93.3% (84.1 to 97.4)".
    var line: String {
        let (low, high) = (
            NumberText.fixed(100 * interval.lowerBound, digits: 1),
            NumberText.fixed(100 * interval.upperBound, digits: 1)
        )
        return "\(NumberText.percent(value)) (\(low) to \(high))"
    }
}
