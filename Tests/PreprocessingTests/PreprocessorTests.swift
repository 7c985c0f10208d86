import ImageCodecs
import Testing
import Xception

/// Tests/Goldens/preprocess.json: photos as Pillow and NumPy prepare them in float32, in the way
/// of Keras (squash) and torchvision (crop).
struct PreprocessGoldens: Decodable {
    struct Case: Decodable, Sendable {
        let photo, filter, sha256: String
        let shorter_side: Int?
        let mean, std: [Float]?
    }
    let cases: [Case]
}

@Suite struct PreprocessorTests {
    @Test(arguments: golden("preprocess.json", as: PreprocessGoldens.self).cases)
    func sameFloatsAsTheFrameworks(golden: PreprocessGoldens.Case) throws {
        var preprocessor = Preprocessor()
        preprocessor.filter = try #require(ResampleFilter(rawValue: golden.filter))
        if let shorterSide = golden.shorter_side { preprocessor.resize = .centerCrop(shorterSide: shorterSide) }
        if let mean = golden.mean, let std = golden.std { (preprocessor.mean, preprocessor.std) = (mean, std) }
        let tensor = preprocessor(try photo(golden.photo))
        #expect((tensor.height, tensor.width) == (299, 299))
        #expect(tensor.values.withUnsafeBytes { sha256($0) } == golden.sha256)
    }

    @Test func blackIsMinusOneAndWhiteIsOne() {
        let image = RGBImage(width: 2, height: 1, pixels: [0, 0, 0, 255, 255, 255])
        #expect(Preprocessor(size: 2, filter: .nearest)(image).values == [-1, -1, -1, 1, 1, 1, -1, -1, -1, 1, 1, 1])
    }

    @Test func sizesOfOnePixelWork() {
        let image = RGBImage(width: 1, height: 1, pixels: [0, 255, 0])
        let tensor = Preprocessor(resize: .centerCrop(shorterSide: 333))(image)
        #expect(tensor.values == Array(repeating: [-1, 1, -1], count: 299 * 299).flatMap(\.self))
    }
}
