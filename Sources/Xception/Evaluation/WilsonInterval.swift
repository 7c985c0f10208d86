/// A share, and the interval that contains the true one with 95% confidence (Wilson 1927).
package struct Share: Sendable, Equatable {
    package let count: Int
    package let total: Int

    package init(_ count: Int, of total: Int) {
        self.count = count
        self.total = total
    }

    /// The share; nil if the total is 0.
    package var value: Double? { total > 0 ? Double(count) / Double(total) : nil }

    /// The interval's ends; 0...1 if the total is 0.
    package var interval: ClosedRange<Double> {
        guard total > 0 else { return 0...1 }
        let z = 1.959964
        let (n, p) = (Double(total), Double(count) / Double(total))
        let scale = 1 + z * z / n
        let center = (p + z * z / (2 * n)) / scale
        let half = z / scale * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        return max(0, center - half)...min(1, center + half)
    }
}
