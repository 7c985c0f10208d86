import Images
import TestSupport
import Testing

@Suite struct DecodeTests {
    /// Pillow's bytes: `exif_transpose`, `alpha_composite` on white where there is transparency,
    /// `convert("RGB")`.
    @Test(arguments: DecodeGoldens.all.filter { $0.error == nil })
    func samePixelsAsPillow(golden: DecodeGoldens.File) throws {
        let image = try decode(fixture(golden.file))
        #expect(image.width == golden.width)
        #expect(image.height == golden.height)
        let middle = (image.height / 2 * image.width + image.width / 2) * 3
        #expect(Array(image.pixels[middle..<middle + 3]) == golden.middle)
        #expect(sha256(image.pixels) == golden.sha256)
    }

    @Test(arguments: DecodeGoldens.all.filter { $0.error != nil })
    func brokenFilesHaveTheirErrorCode(golden: DecodeGoldens.File) throws {
        let bytes = try fixture(golden.file)
        let error = #expect(throws: ImageError.self) { try decode(bytes) }
        #expect(error?.code.rawValue == golden.error)
        #expect(error?.message.contains("\n") == false)
    }

    @Test func orientationCanBeIgnored() throws {
        let upright = try decode(fixture("decode/orientation-1.jpg"))
        let stored = try decode(fixture("decode/orientation-6.jpg"), options: .init(applyOrientation: false))
        #expect(stored == upright)
        let turned = try decode(fixture("decode/orientation-6.jpg"))
        #expect((turned.width, turned.height) == (upright.height, upright.width))
    }

    @Test func pixelLimitIsInclusive() throws {
        let bytes = try fixture("decode/rgb8.png")  // 67 x 45
        #expect(try decode(bytes, options: .init(maximumPixels: 67 * 45)).width == 67)
        #expect(throws: ImageError.imageTooLarge(width: 67, height: 45, limit: .pixels(67 * 45 - 1))) {
            try decode(bytes, options: .init(maximumPixels: 67 * 45 - 1))
        }
    }

    @Test(arguments: [
        ("GIF89a", "a GIF image", .convert), ("BM\u{1}\u{1}", "a BMP image", .convert),
        ("II*\0", "a TIFF image", .convert),
        ("\0\0\0\u{18}ftypcrx ", "a Canon raw (CR3) image", .convert),
        ("FUJIFILMCCD-RAW 0201", "a Fujifilm raw (RAF) image", .convert),
        ("FOVb\0\0", "a Sigma raw (X3F) image", .convert), ("P6\n1 1\n255\n", "a PPM, PGM or PBM image", .convert),
        ("qoif\0", "a QOI image", .convert),
        ("#?RADIANCE\n", "a Radiance HDR image", .convert), ("8BPS\0", "a Photoshop document", .convert),
        ("%PDF-1.7", "a PDF document", .nothing),
        ("P6 is not always a picture: P7", "a PPM, PGM or PBM image", .convert), ("Pixels", "a text file", .nothing),
        ("\n<!DOCTYPE html><p>404", "an HTML page", .nothing), ("<svg xmlns=''>", "an SVG drawing", .convert),
        ("hello, world", "a text file", .nothing), ("\u{1}\u{2}\u{3}", "of an unknown format", .nothing),
    ] as [(String, String, FormatWords.Remedy)])
    func otherFormatsAreNamed(start: String, name: String, remedy: FormatWords.Remedy) {
        #expect(throws: ImageError.unsupportedFormat(found: name, remedy: remedy)) { try decode(Array(start.utf8)) }
    }
}

@Suite struct ImageFormatTests {
    @Test(arguments: [
        ("GIF89a", "GIF images", true), ("\0\0\0\u{18}ftypcrx ", "Canon raw (CR3) images", true),
        ("\0\0\0\u{20}ftypmp42", "videos (MP4 or QuickTime)", false), ("hello", "text files", false),
        ("\u{1}\u{2}\u{3}", "files of unknown formats", false),
    ])
    func tellsPicturesThatAreNotReadFromOtherFiles(start: String, plural: String, isImage: Bool) throws {
        let bytes = Array(start.utf8)
        guard case .other(let format) = bytes.withUnsafeBytes({ ImageFormat($0) }) else {
            Issue.record("taken for an image that is read")
            return
        }
        #expect((format.plural, format.isImage) == (plural, isImage))
    }

    /// Xcode's PNG for iOS begins with another chunk than the standard's.
    @Test func pngForIOSIsNoPNG() throws {
        let start = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 4] + Array("CgBI".utf8)
        guard case .other(let format) = start.withUnsafeBytes({ ImageFormat($0) }) else {
            Issue.record("taken for an image that is read")
            return
        }
        #expect((format.name, format.isImage) == ("a CgBI image", true))
    }

    /// Directories are searched by a file's first bytes.
    @Test(arguments: [
        ("\0\0\0\u{20}ftypheic", ImageFormat.heic), ("\0\0\0\u{20}ftypavif", .avif),
        ("\0\0\0\u{20}ftypmif1\0\0\0\0mif1heic", .heic),
        ("\0\0\0\u{20}ftypmif1\0\0\0\0mif1avif", .avif), ("\0\0\0\u{20}ftypmif1\0\0\0\0miafjpeg", .heic),
        ("\0\0\0\u{8}ftypmif1", .heic), ("RIFF\0\0\0\0WEBPVP8 ", .webp), ("II*\0\u{10}\0\0\0CR\u{2}", .raw),
        ("IIU\0", .raw), ("IIRO", .raw), ("II*\0", .tiff), ("MM\0*", .tiff),
    ])
    func formatsWithLibrariesOfTheirOwn(start: String, format: ImageFormat) {
        #expect(Array(start.utf8).withUnsafeBytes { ImageFormat($0) } == format)
    }

    /// Neither a length beyond the file's end nor a negative one is believed.
    @Test(arguments: [0, 1, 8, 15, 19, 0x7FFF_FFFF, 0xFFFF_FFFF])
    func aBoxOfAnyLengthIsSurvived(length: UInt32) {
        let start = (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32($0))) } + Array("ftypmif1\0\0\0\0mif1".utf8)
        #expect(start.withUnsafeBytes { ImageFormat($0) } == .heic)
    }

    @Test(arguments: [("a.JPG", ReadableFormat.jpeg), ("b.jpeg", .jpeg), ("c.HEIC", .heic), ("d.hif", .heic), ("e.x.nef", .raw)])
    func namesStandForFormats(name: String, format: ReadableFormat) {
        #expect(ReadableFormat(fileName: Array(name.utf8)) == format)
    }

    @Test(arguments: ["jpg", "a.jpg.txt", "b.jpegs", "", ".", "photo.", "\u{FF}"])
    func otherNamesDoNot(name: String) {
        #expect(ReadableFormat(fileName: Array(name.utf8)) == nil)
    }

    @Test(arguments: [("photos/coffee.jpg", ImageFormat.jpeg), ("photos/chelsea.png", .png)])
    func eightBytesTellWhatIsRead(file: String, format: ImageFormat) throws {
        let start = try fixture(file).prefix(8)
        #expect(Array(start).withUnsafeBytes { ImageFormat($0) } == format)
    }
}

@Suite struct LimitTests {
    @Test func sideLimitIsInclusive() throws {
        let bytes = try fixture("decode/rgb8.png")  // 67 x 45
        #expect(try decode(bytes, options: .init(maximumSide: 67)).width == 67)
        #expect(throws: ImageError.imageTooLarge(width: 67, height: 45, limit: .side(66))) {
            try decode(bytes, options: .init(maximumSide: 66))
        }
    }

    /// The file, its pixels, and for some the decoder's own memory.
    @Test(arguments: [
        ("decode/rgb8.png", 67 * 45 * 3), ("decode/rgba8.png", 67 * 45 * 3), ("decode/baseline-444.jpg", 67 * 45 * 3),
        ("decode/rgba8-interlaced.png", 67 * 45 * (3 + 4)), ("decode/lossy.webp", 67 * 45 * 3),
        ("decode/lossless.webp", 67 * 45 * (3 + 5)), ("decode/alpha-lossy.webp", 67 * 45 * (3 + 4 + 5)),
    ])
    func memoryLimitIsInclusive(file: String, decoding: Int) throws {
        let bytes = try fixture(file), limit = bytes.count + decoding
        #expect(try decode(bytes, options: .init(maximumMemory: limit)).width == 67)
        #expect(throws: ImageError.imageTooLarge(width: 67, height: 45, limit: .memory(limit - 1))) {
            try decode(bytes, options: .init(maximumMemory: limit - 1))
        }
    }

    /// Files that are not images are not read that far.
    @Test func aFileLargerThanTheMemoryIsNotReadWhole() throws {
        let folder = try TemporaryFolder(), png = try fixture("photos/chelsea.png")
        let photo = try folder.write("photo", png), text = try folder.write("text", [UInt8](repeating: 32, count: png.count))
        #expect(try FileBytes.reading(photo, limit: png.count + 1).count == png.count)
        #expect(throws: ImageError.fileTooLarge(limit: png.count)) { try FileBytes.reading(photo, limit: png.count) }
        #expect(try FileBytes.reading(text, limit: png.count).count < png.count)
    }

    /// Two bytes for each of 72 x 48 x 3 coefficients; libjpeg adds a little.
    @Test func coefficientsOfAProgressiveJPEGCount() throws {
        let bytes = try fixture("decode/progressive-444.jpg")
        let pixels = bytes.count + 67 * 45 * 3, coefficients = 72 * 48 * 3 * 2
        #expect(try decode(bytes, options: .init(maximumMemory: pixels + coefficients + 100_000)).width == 67)
        let limit = pixels + coefficients - 1
        #expect(throws: ImageError.imageTooLarge(width: 67, height: 45, limit: .memory(limit))) {
            try decode(bytes, options: .init(maximumMemory: limit))
        }
    }

    /// 40 scans of 64 blocks; the limit is 14 for each 64 pixels allowed.
    @Test func scansAreLimitedByTheBlocksTheyVisit() throws {
        let bytes = try fixture("decode/many-scans.jpg")
        #expect(try decode(bytes, options: .init(maximumPixels: 64 * 64 * 3)).width == 64)
        #expect(throws: ImageError.imageTooLarge(width: 64, height: 64, limit: .scans)) {
            try decode(bytes, options: .init(maximumPixels: 64 * 64 * 2))
        }
    }

    /// Unpacking unused data would take time without bounds.
    @Test(arguments: [(100, true), (200_000, false)])
    func littleImageDataMayFollowTheLastRow(extra: Int, isAccepted: Bool) throws {
        let bytes = storedPNG(width: 16, height: 16, extra: extra)
        if isAccepted {
            #expect(try decode(bytes).pixels.allSatisfy { $0 == 0 })
        } else {
            #expect(throws: ImageError.corruptImage("PNG: image data goes on after the last row")) { try decode(bytes) }
        }
    }

    /// Their headers and checksums make four times as many bytes as a row has.
    @Test(arguments: [1, 4])
    func imageDataMayComeInChunksOfAnySize(piece: Int) throws {
        let bytes = storedPNG(width: 30_000, height: 2, piece: piece)
        #expect(try decode(bytes).pixels.allSatisfy { $0 == 0 })
    }

    /// Four bytes and a pixel, of which there may be three for two pixels allowed; a photo's file is larger.
    @Test func bytesThatAPNGUnpacksToAreLimited() throws {
        let bytes = packedPNG(width: 600, height: 500), pixels = 300_000, limit = pixels * 5 * 2 / 3
        #expect(try decode(bytes, options: .init(maximumPixels: limit)).pixels.allSatisfy { $0 == 255 })
        #expect(throws: ImageError.imageTooLarge(width: 600, height: 500, limit: .unpacking)) {
            try decode(bytes, options: .init(maximumPixels: limit - 2))
        }
        let photo = try fixture("photos/chelsea.png")
        #expect(try decode(photo, options: .init(maximumPixels: 451 * 300)).width == 451)
    }

    @Test func memoryThatIsNotThereIsAnError() {
        #expect(throws: ImageError.outOfMemory) { try ImageBuffer<UInt8>(count: 1 << 60) }
        #expect(throws: ImageError.outOfMemory) { try ImageBuffer<Int32>(count: .max) }
    }
}

@Suite struct ScaledDecodeTests {
    /// 640 x 427 at 1/2, 1/4 and 1/8, rounded up; a minimum of one more takes the next larger.
    @Test(arguments: [(214, 320, 214), (107, 160, 107), (108, 320, 214), (54, 80, 54), (1, 80, 54), (55, 160, 107)])
    func takesTheSmallestScaleThatIsLargeEnough(minimumSize: Int, width: Int, height: Int) throws {
        let image = try decode(fixture("photos/china.jpg"), options: .init(minimumScaledSide: minimumSize))
        #expect((image.width, image.height) == (width, height))
    }

    @Test func fullSizeWhereNothingSmallerIsLargeEnough() throws {
        let bytes = try fixture("photos/china.jpg")
        #expect(try decode(bytes, options: .init(minimumScaledSide: 215)) == decode(bytes))
        #expect(try decode(bytes, options: .init(minimumScaledSide: 5000)) == decode(bytes))
    }

    /// 23 x 17 at one half is 11.5 x 8.5 on 12 x 9 pixels; turning moves the half pixel.
    @Test(arguments: [
        (1, 0..<11.5, 0..<8.5), (2, 0.5..<12, 0..<8.5), (3, 0.5..<12, 0.5..<9), (4, 0..<11.5, 0.5..<9),
        (5, 0..<8.5, 0..<11.5), (6, 0.5..<9, 0..<11.5), (7, 0.5..<9, 0.5..<12), (8, 0..<8.5, 0.5..<12),
    ])
    func coveredPartTurnsWithThePicture(orientation: Int, columns: Range<Double>, rows: Range<Double>) throws {
        let image = try decode(fixture("decode/orientation-\(orientation).jpg"), options: .init(minimumScaledSide: 8))
        #expect(image.box == .init(columns: columns, rows: rows))
        #expect((image.width, image.height) == (orientation < 5 ? (12, 9) : (9, 12)))
        #expect((image.originalWidth, image.originalHeight) == (orientation < 5 ? (23, 17) : (17, 23)))
    }

    /// PNG has no scaled decoding.
    @Test func pngIsNotScaled() throws {
        let image = try decode(fixture("photos/chelsea.png"), options: .init(minimumScaledSide: 10))
        #expect((image.width, image.height) == (451, 300))
    }

    @Test(arguments: ["decode/gray.jpg", "decode/cmyk.jpg", "decode/ycck.jpg", "decode/progressive-420.jpg"])
    func everyColorSpaceScales(file: String) throws {
        let image = try decode(fixture(file), options: .init(minimumScaledSide: 10))
        #expect((image.width, image.height) == (17, 12))  // 2/8 of 67 x 45, rounded up
    }
}
