import Images
import TestSupport
import Testing

@Suite struct EncodeTests {
    @Test("A PNG has the pixels that it was made of; transparency lies on white, as in any PNG")
    func png() throws {
        var random = SplitMix64(seed: 3)
        let pixels = (0..<37 * 11 * 3).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let image = RGBImage(width: 37, height: 11, pixels: pixels)
        #expect(try decode(#require(image.pngFile())) == image)
        let clear = try decode(#require(pngFile(rgba: [9, 9, 9, 0, 200, 100, 50, 255], width: 2, height: 1)))
        #expect(clear.pixels == [255, 255, 255, 200, 100, 50])
    }

    @Test("A chunk of text has a checksum that libpng accepts")
    func text() throws {
        let image = RGBImage(width: 1, height: 1, pixels: [1, 2, 3])
        let file = try #require(image.pngFile())
        let chunk = pngTextChunk("Software", "xception")
        // The signature has 8 bytes, the header's chunk 25. libpng refuses a critical chunk with a wrong checksum.
        #expect(try decode(Array(file[..<33] + chunk + file[33...])) == image)
        #expect(chunk == [0, 0, 0, 17] + Array("tEXtSoftware\0xception".utf8) + [0xA7, 0x8C, 0x82, 0x7F])
    }
}
