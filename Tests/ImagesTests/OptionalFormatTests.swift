import Foundation
import Images
import TestSupport
import Testing

/// Tests/Goldens/heif.json, which Scripts/goldens/make_fixtures.py writes.
struct HEIFGolden: Decodable, CustomTestStringConvertible {
    let file: String
    let width, height: Int
    /// `[height x width x 3]`
    let pixels: Data
    var testDescription: String { file }

    private struct Document: Decodable { let files: [HEIFGolden] }
    static let all = try! JSONDecoder().decode(
        Document.self, from: Data(contentsOf: Repository.url("Tests/Goldens/heif.json"))).files
}

@Suite struct OptionalFormatTests {
    /// Pillow's and pillow-heif's pixels, but for roundings in which versions of libheif differ.
    @Test(arguments: HEIFGolden.all)
    func nearlyTheSamePixels(golden: HEIFGolden) throws {
        let image = try decode(fixture(golden.file))
        #expect((image.width, image.height) == (golden.width, golden.height))
        let largest = zip(image.pixels, golden.pixels).map { abs(Int($0) - Int($1)) }.max()
        #expect(try #require(largest) <= 2)
    }

    /// Its properties say how a HEIF picture is turned; EXIF beside them says the same again.
    @Test func aHEIFPictureIsNotTurnedTwice() throws {
        for file in ["decode/turned.heic", "decode/turned.avif"] {
            let image = try decode(fixture(file), options: .init(applyOrientation: false))
            #expect((image.width, image.height) == (24, 32))
        }
    }

    /// libde265 goes on where a slice makes no sense, and leaves out what it did not find.
    @Test(arguments: ["decode/blocks.heic", "decode/grid.heic"])
    func aHEICPictureOfWhichPartsAreMissingIsAnError(file: String) throws {
        let bytes = try fixture(file), whole = try decode(bytes)
        let start = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("mdat".utf8)) }) + 4
        var refused = 0
        for position in stride(from: start, to: bytes.count, by: 53) {
            var changed = bytes
            changed.replaceSubrange(position..., with: repeatElement(0, count: bytes.count - position))
            let image = try? decode(changed)
            // The last bytes may be zero already.
            #expect(image == nil || image == whole, "zero from byte \(position)")
            if image == nil { refused += 1 }
        }
        #expect(refused > 50)
    }

    /// Readers may differ in which of two lists they follow, so that limits would hold for one only.
    @Test func aHEIFFileThatListsItsItemsTwiceIsAnError() throws {
        let bytes = try fixture("decode/photo.heic")
        let start = Int(bytes[3]), end = start + Int(bytes[start + 2]) << 8 + Int(bytes[start + 3])
        #expect(bytes[start + 4..<start + 8].elementsEqual("meta".utf8))
        let error = #expect(throws: ImageError.self) { try decode(bytes + bytes[start..<end]) }
        #expect(error == .corruptImage("HEIC: its list of items makes no sense"))
    }

    @Test(arguments: [("decode/lossless.webp", "WebP"), ("decode/photo.heic", "HEIC"), ("decode/photo.avif", "AVIF")])
    func theLimitsHold(file: String, name: String) throws {
        let bytes = try fixture(file), size = try decode(bytes)
        let pixels = size.width * size.height
        #expect(try decode(bytes, options: .init(maximumPixels: pixels)) == size)
        #expect(throws: ImageError.imageTooLarge(width: size.width, height: size.height, limit: .pixels(pixels - 1))) {
            try decode(bytes, options: .init(maximumPixels: pixels - 1))
        }
        #expect(throws: ImageError.imageTooLarge(width: size.width, height: size.height, limit: .memory(bytes.count + 3 * pixels))) {
            try decode(bytes, options: .init(maximumMemory: bytes.count + 3 * pixels))
        }
    }

    @Test func aLibraryThatIsNotThereIsNil() {
        #expect(WebPLibrary(decoder: "libno-such-library.so.7") == nil)
        #expect(WebPLibrary(demuxer: "libno-such-library.so.2") == nil)
        #expect(HEIFLibrary("libno-such-library.so.1") == nil)
        #if os(Linux)
        // A library that lacks the functions.
        #expect(HEIFLibrary("libm.so.6") == nil)
        #endif
        #expect(WebPLibrary.installed != nil && HEIFLibrary.installed != nil)
    }

    @Test(arguments: ReadableFormat.allCases)
    func formatsCanBeLeftOut(format: ReadableFormat) throws {
        let files: [ReadableFormat: String] = [
            .jpeg: "baseline-420.jpg", .png: "rgb8.png", .webp: "lossy.webp", .heic: "photo.heic", .avif: "photo.avif",
            .raw: "nikon.nef",
        ]
        let bytes = try fixture("decode/" + #require(files[format]))
        #expect(throws: Never.self) { try decode(bytes, options: .init(formats: [format])) }
        let error = #expect(throws: ImageError.self) {
            try decode(bytes, options: .init(formats: Set(ReadableFormat.allCases).subtracting([format])))
        }
        #expect(error?.code == .unsupportedFormat)
        // A TIFF file's first bytes do not say that it is a raw file.
        let words = format == .raw ? "raw" : format.words.name
        #expect(error?.message.contains("\(words)") == true)
    }
}

@Suite struct RawPreviewTests {
    @Test(arguments: ["canon.cr2", "nikon.nef", "sony.arw", "adobe.dng", "olympus.orf", "panasonic.rw2", "pentax.pef"])
    func theLargestPreviewIsTakenAndSaysSo(file: String) throws {
        let image = try decode(fixture("decode/\(file)"))
        #expect(image.isPreview)
        #expect(max(image.width, image.height) == 61)
        #expect(try !decode(fixture("decode/baseline-420.jpg")).isPreview)
    }

    /// The thumbnail, where the larger preview is cut off; an error, where all are.
    @Test func aPreviewThatIsCutOffIsNotTaken() throws {
        let bytes = try fixture("decode/canon.cr2")
        let starts = bytes.indices.filter { bytes[$0...].starts(with: [0xFF, 0xD8, 0xFF]) }
        #expect(throws: ImageError.unsupportedFormat(found: "a raw image without a JPEG preview")) {
            try decode(Array(bytes[..<starts[1]].dropLast()))
        }
    }

    /// A directory that leads to itself, and previews that lie outside.
    @Test func everyChangedByteIsSurvived() throws {
        for file in ["canon.cr2", "nikon.nef", "olympus.orf", "panasonic.rw2"] {
            let bytes = try fixture("decode/\(file)")
            for position in 0..<200 {
                for value: UInt8 in [0, 8, 0x7F, 0xFF] {
                    var changed = bytes
                    changed[position] = value
                    if let image = try? decode(changed) { #expect(max(image.width, image.height) > 0) }
                }
            }
        }
    }

    @Test func aTIFFFileWithoutSensorDataIsNoRawFile() throws {
        var bytes = try fixture("decode/nikon.nef")
        let photometric = try #require(bytes.indices.first { bytes[$0...].starts(with: [0x01, 0x06, 0x00, 0x03]) })
        bytes.replaceSubrange(photometric + 8..<photometric + 10, with: [0, 6])
        #expect(throws: ImageError.unsupportedFormat(found: "a TIFF image")) { try decode(bytes) }
    }
}
