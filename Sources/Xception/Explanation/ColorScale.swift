import Platform

/// Colours for values from 0 to 1, from dark violet through red to light yellow. Lightness rises all the way, and equal
/// steps of the value are equal steps of the colour in OKLab (Ottosson 2020), as far as 8 bits allow.
package struct ColorScale: Sendable {
    /// 8-bit sRGB of 256 values.
    private let colors: [SIMD3<UInt8>]

    package static let evidence = ColorScale(through: [
        [0.227, 0.027, -0.088], [0.405, 0.123, -0.093], [0.564, 0.171, 0.047], [0.737, 0.086, 0.139],
        [0.961, -0.022, 0.093],
    ])

    /// - Parameter corners: of the way through OKLab: lightness, a, b. All of it must be within sRGB.
    private init(through corners: [SIMD3<Double>]) {
        let lengths = zip(corners, corners.dropFirst()).map { Self.length($1 - $0) }
        let whole = lengths.reduce(0, +)
        colors = (0..<256).map { index in
            var left = whole * Double(index) / 255
            var corner = 0
            while corner < lengths.count - 1, left > lengths[corner] {
                left -= lengths[corner]
                corner += 1
            }
            let (from, to) = (corners[corner], corners[corner + 1])
            return Self.sRGB(from + (to - from) * min(1, left / lengths[corner]))
        }
    }

    /// - Parameter value: 0 to 1; others count as the nearer of these.
    package subscript(value: Float) -> SIMD3<UInt8> { colors[Int((min(max(value, 0), 1) * 255).rounded())] }

    private static func length(_ vector: SIMD3<Double>) -> Double { (vector * vector).sum().squareRoot() }

    /// Ottosson's matrices, and sRGB's transfer function (IEC 61966-2-1).
    private static func sRGB(_ lab: SIMD3<Double>) -> SIMD3<UInt8> {
        let roots = SIMD3(
            lab[0] + 0.3963377774 * lab[1] + 0.2158037573 * lab[2],
            lab[0] - 0.1055613458 * lab[1] - 0.0638541728 * lab[2],
            lab[0] - 0.0894841775 * lab[1] - 1.2914855480 * lab[2])
        let cone = roots * roots * roots
        let linear = [
            4.0767416621 * cone[0] - 3.3077115913 * cone[1] + 0.2309699292 * cone[2],
            -1.2684380046 * cone[0] + 2.6097574011 * cone[1] - 0.3413193965 * cone[2],
            -0.0041960863 * cone[0] - 0.7034186147 * cone[1] + 1.7076147010 * cone[2],
        ]
        let samples = linear.map { value in
            let value = value <= 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055
            return UInt8((min(max(value, 0), 1) * 255).rounded())
        }
        return SIMD3(samples[0], samples[1], samples[2])
    }
}
