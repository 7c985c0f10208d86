import Images
import Testing

/// Damaged files give an error or an image, never a crash or an image of another size.
@Suite struct RobustnessTests {
    static let jpegs = [
        "decode/one-pixel.jpg", "decode/orientation-6.jpg", "decode/progressive-420.jpg", "decode/cmyk.jpg",
        "decode/restart-markers.jpg", "decode/arithmetic.jpg", "decode/many-scans.jpg",
    ]
    static let pngs = ["decode/orientation-6.png", "decode/palette4-trns.png", "decode/gray2-interlaced.png"]
    static let others = [
        "decode/lossy.webp", "decode/alpha-lossless.webp", "decode/animation.webp", "decode/turned.heic", "decode/alpha.avif",
    ]

    /// A picture comes of a truncated file only if every pixel of it is there: without its end chunk, or without a JPEG's
    /// end marker and scans that change nothing.
    @Test(arguments: jpegs + pngs + others)
    func everyTruncationIsAnErrorOrTheWholePicture(file: String) throws {
        let bytes = try fixture(file), whole = try decode(bytes)
        let end = file.hasSuffix(".jpg") ? 0 : bytes.count - (file.hasSuffix(".png") ? 12 : 0)
        for length in 0..<bytes.count {
            let image = try? decode(Array(bytes[..<length]))
            #expect(image == nil || length >= end && image == whole, "\(length) of \(bytes.count) bytes")
        }
    }

    @Test(arguments: others)
    func everyChangedByteOfOtherFormatsIsSurvived(file: String) throws {
        try forEachChange(of: fixture(file), values: [0xFF]) { changed in
            if let image = try? decode(changed, options: .init(maximumPixels: 100_000)) {
                #expect(image.pixels.count == image.width * image.height * 3)
            }
        }
    }

    @Test(arguments: jpegs)
    func everyChangedByteOfAJPEGIsSurvived(file: String) throws {
        try forEachChange(of: fixture(file)) { changed in
            if let image = try? decode(changed, options: .init(maximumPixels: 100_000)) {
                #expect(image.pixels.count == image.width * image.height * 3)
            }
        }
    }

    /// A CRC covers every byte of a PNG, and none after its pixels matters.
    @Test(arguments: pngs)
    func everyChangedByteOfAPNGIsAnErrorOrAfterThePixels(file: String) throws {
        let bytes = try fixture(file), whole = try decode(bytes), end = bytes.count - 12
        forEachChange(of: bytes) { changed in
            let image = try? decode(changed)
            #expect(image == nil || changed[..<end] == bytes[..<end] && image == whole)
        }
    }

    /// With its CRC put right, a changed byte reaches the decoder.
    @Test(arguments: pngs)
    func everyChangedByteOfAPNGIsSurvived(file: String) throws {
        try forEachChange(of: fixture(file)) { changed in
            if let image = try? decode(withRightCRCs(changed), options: .init(maximumPixels: 100_000)) {
                #expect(image.pixels.count == image.width * image.height * 3)
            }
        }
    }

    @Test func everyChangedByteOfEXIFIsSurvived() throws {
        let bytes = try fixture("decode/orientation-6.jpg")
        let exif = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("Exif\0\0".utf8)) })
        for position in exif + 6..<exif + 32 {
            for value in UInt8.min...UInt8.max {
                var changed = bytes
                changed[position] = value
                #expect(throws: Never.self) { try decode(changed) }
            }
        }
    }

    /// Each byte in turn set to values that break lengths, counts and markers.
    private func forEachChange(of bytes: [UInt8], values: [UInt8]? = nil, _ body: ([UInt8]) -> Void) {
        for (position, original) in bytes.enumerated() {
            for value in values ?? [0x00, 0xFF, original ^ 0x01, original ^ 0x80] where value != original {
                var changed = bytes
                changed[position] = value
                body(changed)
            }
        }
    }
}
