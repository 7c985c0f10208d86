import ImageCodecs
import Testing

/// Damaged files give an error or an image, never a crash or an image of another size.
@Suite struct RobustnessTests {
    static let files = [
        "decode/one-pixel.jpg", "decode/orientation-6.jpg", "decode/progressive-420.jpg", "decode/cmyk.jpg",
        "decode/restart-markers.jpg", "decode/orientation-6.png", "decode/palette4-trns.png", "decode/rgba8-interlaced.png",
    ]

    @Test(arguments: files)
    func everyTruncationIsAnError(file: String) throws {
        let bytes = try fixture(file)
        for length in 0..<bytes.count {
            #expect(throws: ImageError.self, "\(length) of \(bytes.count) bytes") { try decode(Array(bytes[..<length])) }
        }
    }

    /// Every byte set to every one of a few values that break lengths, counts and markers.
    @Test(arguments: files)
    func everyByteChangedIsSurvived(file: String) throws {
        var bytes = try fixture(file)
        var decoded = 0
        for position in bytes.indices {
            let original = bytes[position]
            for value in [0x00, 0xFF, original ^ 0x01, original ^ 0x80] where value != original {
                bytes[position] = value
                if let image = try? decode(bytes, options: .init(maximumPixels: 1_000_000)) {
                    #expect(image.pixels.count == image.width * image.height * 3)
                    decoded += 1
                }
            }
            bytes[position] = original
        }
        if file.hasSuffix(".png") { #expect(decoded == 0, "a CRC covers every byte of a PNG") }
    }

    @Test func exifThatCountsPastItsEndIsSurvived() throws {
        let bytes = try fixture("decode/orientation-6.jpg")
        let directory = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("II*\0".utf8)) || bytes[$0...].starts(with: [0x4D, 0x4D, 0, 0x2A]) })
        for position in directory..<directory + 26 {
            for value in UInt8.min...UInt8.max {
                var changed = bytes
                changed[position] = value
                #expect(throws: Never.self) { try decode(changed) }
            }
        }
    }
}
