import Images
import TestSupport
import Testing

/// Tests/Goldens/resize.json: 200 random pairs of sizes, four filters each, as Pillow resizes
/// random pixels.
struct ResizeGoldens: Decodable {
    struct Case: Decodable, Sendable {
        let seed: UInt64
        let from, to: [Int]
        let sha256_prefix: [String: String]
    }
    let pillow: String
    let cases: [Case]
}

@Suite struct ResizeTests {
    @Test(arguments: ResampleFilter.allCases)
    func sameBytesAsPillow(filter: ResampleFilter) throws {
        let goldens = golden("resize.json", as: ResizeGoldens.self)
        #expect(goldens.cases.count == 200)
        for golden in goldens.cases {
            let (width, height) = (golden.from[0], golden.from[1])
            let image = RGBImage(
                width: width, height: height, pixels: randomBytes(width * height * 3, seed: golden.seed))
            let resized = try image.resized(width: golden.to[0], height: golden.to[1], filter: filter)
            #expect(sha256(resized.pixels).prefix(16) == golden.sha256_prefix[filter.rawValue]!, "\(golden.from) to \(golden.to)")
        }
    }

    @Test(arguments: ResampleFilter.allCases)
    func sameSizeIsUnchanged(filter: ResampleFilter) throws {
        let image = RGBImage(width: 7, height: 5, pixels: randomBytes(105, seed: 1))
        #expect(try image.resized(width: 7, height: 5, filter: filter) == image)
    }

    @Test(arguments: ResampleFilter.allCases)
    func oneColorStaysThatColor(filter: ResampleFilter) throws {
        let image = RGBImage(width: 31, height: 17, pixels: Array(repeating: [200, 3, 255], count: 31 * 17).flatMap(\.self))
        for (width, height) in [(1, 1), (299, 299), (5, 40)] {
            let resized = try image.resized(width: width, height: height, filter: filter)
            #expect(resized.pixels == Array(repeating: [200, 3, 255], count: width * height).flatMap(\.self))
        }
    }
}
