import Foundation
import Kernels

/// The definitions that kernels are measured against, in double precision.
enum Reference {
    /// The sum of a term over the taps of one output's window.
    ///
    /// - Parameter term: its row and column may lie outside the image, where an ``Image`` is zero.
    static func window(
        _ geometry: ConvolutionGeometry, y: Int, x: Int, _ term: (_ row: Int, _ column: Int, _ tap: Int) -> Double
    ) -> Double {
        (0..<geometry.kernel * geometry.kernel).reduce(0.0) { sum, tap in
            let row = y * geometry.stride - geometry.rowPadding.before + tap / geometry.kernel
            let column = x * geometry.stride - geometry.columnPadding.before + tap % geometry.kernel
            return sum + term(row, column, tap)
        }
    }

    /// The maximum over a 3x3 window of stride 2, of the pixels that are in the image.
    static func maxPool(_ input: Image, padding: Int, y: Int, x: Int, channel: Int) -> Double {
        var maximum = -Double.infinity
        for row in max(0, y * 2 - padding)..<min(input.map.height, y * 2 - padding + 3) {
            for column in max(0, x * 2 - padding)..<min(input.map.width, x * 2 - padding + 3) {
                maximum = max(maximum, input[row, column, channel])
            }
        }
        return maximum
    }
}

extension ActivationFunction {
    func callAsFunction(_ value: Double) -> Double {
        switch self {
        case .none: value
        case .relu: max(value, 0)
        case .relu6: min(max(value, 0), 6)
        }
    }
}

/// The largest difference of values from their definitions, apart from the rounding of their storage.
struct LargestDifference {
    private(set) var value = 0.0

    mutating func compare(_ image: Image, _ y: Int, _ x: Int, _ channel: Int, with expected: Double) {
        let difference = abs(image[y, x, channel] - expected) - image.rounding(of: expected)
        value = difference.isNaN ? .infinity : max(value, difference)
    }
}

/// The tolerated error of a sum of `count` products of numbers of about 1: rounding errors add up like random steps, a
/// few 1e-7 each, with room for those of Strassen's sums.
func tolerance(products count: Int) -> Double { 1e-5 * Double(count).squareRoot() }

/// The signal-to-noise ratio of `values`, `expected` being without noise, in decibels.
func signalToNoise(_ values: [Float], _ expected: [Float]) -> Double {
    precondition(values.count == expected.count)
    var (signal, noise) = (0.0, 0.0)
    for (value, expected) in zip(values, expected) {
        signal += Double(expected) * Double(expected)
        noise += Double(value - expected) * Double(value - expected)
    }
    return 10 * log10(signal / noise)
}
