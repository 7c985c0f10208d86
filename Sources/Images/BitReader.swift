/// Reads the bits of bytes, highest bit first. Past the end it reads zeros.
struct BitReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// True if bits past the end were read.
    var isExhausted: Bool { position > bytes.count * 8 }

    mutating func skip(_ count: Int) { position += count }

    /// - Parameter count: the number of bits, at most 32.
    mutating func read(_ count: Int) -> Int {
        var value = 0
        for _ in 0..<count {
            let bit = position / 8 < bytes.count ? Int(bytes[position / 8]) >> (7 - position % 8) & 1 : 0
            value = value << 1 | bit
            position += 1
        }
        return value
    }

    /// Reads an unsigned exponential-Golomb number: n zeros, a one, n bits. AV1's `uvlc()` is the same.
    mutating func readExponentialGolomb() -> Int {
        var zeros = 0
        while zeros < 32, !isExhausted, read(1) == 0 { zeros += 1 }
        return (1 << zeros) - 1 + read(zeros)
    }
}
