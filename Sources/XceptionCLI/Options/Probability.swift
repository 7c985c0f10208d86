import ArgumentParser

/// A number from 0 to 1, which people also write in percent.
struct Probability: ExpressibleByArgument, Equatable, Sendable {
    let value: Float

    init(_ value: Float) {
        self.value = value
    }

    /// - Parameter argument: such as `0.5` or `50%`. Nil if it is another number, or none.
    init?(argument: String) {
        let isPercent = argument.utf8.last == UInt8(ascii: "%")
        guard let number = Double(isPercent ? String(argument.dropLast()) : argument) else { return nil }
        let value = isPercent ? number / 100 : number
        guard (0...1).contains(value) else { return nil }
        self.value = Float(value)
    }

    var defaultValueDescription: String { "\(value)" }
}
