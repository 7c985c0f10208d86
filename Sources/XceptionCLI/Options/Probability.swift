import ArgumentParser

/// A number from 0 to 1, or a percentage.
struct Probability: ExpressibleByArgument, Equatable, Sendable {
    let value: Float

    init(_ value: Float) {
        self.value = value
    }

    /// Parses a probability.
    ///
    /// - Parameter argument: a number such as `0.5` or `50%`. Nil if it is anything else.
    init?(argument: String) {
        let isPercent = argument.utf8.last == UInt8(ascii: "%")
        guard let number = Double(isPercent ? String(argument.dropLast()) : argument) else { return nil }
        let value = isPercent ? number / 100 : number
        guard (0...1).contains(value) else { return nil }
        self.value = Float(value)
    }

    var defaultValueDescription: String { "\(value)" }
}
