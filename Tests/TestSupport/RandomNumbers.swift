/// SplitMix64 (Steele, Lea, Flood 2014): the generator of Scripts/inputs.py, by which tests and
/// reference implementations draw the same numbers.
package struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    /// The upper 24 bits as a float in [-1, 1).
    package mutating func nextFloat() -> Float { Float(next() >> 40) / Float(1 << 23) - 1 }
}

/// Eight bytes a number, lowest first, as in Scripts/goldens/make_fixtures.py.
package func randomBytes(_ count: Int, seed: UInt64) -> [UInt8] {
    var generator = SplitMix64(seed: seed)
    let numbers = (0..<(count + 7) / 8).map { _ in generator.next().littleEndian }
    return numbers.withUnsafeBytes { Array($0.prefix(count)) }
}

/// `random_input` of Scripts/inputs.py.
package func randomFloats(_ count: Int, seed: UInt64) -> [Float] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { _ in generator.nextFloat() }
}
