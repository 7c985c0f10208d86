import Foundation
import ImageCodecs

/// Files under Tests, found from this file's own place.
let testsDirectory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

func golden<T: Decodable>(_ name: String, as type: T.Type) -> T {
    try! JSONDecoder().decode(type, from: Data(contentsOf: testsDirectory.appendingPathComponent("Goldens/\(name)")))
}

func photo(_ name: String, options: DecodeOptions = .init()) throws -> RGBImage {
    let data = try Data(contentsOf: testsDirectory.appendingPathComponent("Fixtures/photos/\(name)"))
    return try data.withUnsafeBytes { try decodeImage($0, options: options) }
}

/// Sebastiano Vigna's splitmix64, eight bytes a number, lowest first, as Scripts/goldens/make_fixtures.py has it.
func splitmix64Bytes(seed: UInt64, count: Int) -> [UInt8] {
    var state = seed
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: z >> UInt64(shift))) }
    }
    return Array(bytes[..<count])
}
