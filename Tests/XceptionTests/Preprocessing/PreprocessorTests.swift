import Images
import ModelFiles
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
        let tensor = try preprocessor.inputTensor(for: photo(golden.photo))
        #expect((tensor.height, tensor.width) == (299, 299))
        #expect(tensor.values.withUnsafeBytes { sha256($0) } == golden.sha256)
    }

    @Test func blackIsMinusOneAndWhiteIsOne() throws {
        let image = RGBImage(width: 2, height: 1, pixels: [0, 0, 0, 255, 255, 255])
        #expect(try Preprocessor(size: 2, filter: .nearest).inputTensor(for: image).values == [-1, -1, -1, 1, 1, 1, -1, -1, -1, 1, 1, 1])
    }

    /// Squashed or cropped, a picture of extreme shape takes no memory for what is cropped away:
    /// resized as a whole, this one would have 333 x 333,000,000 pixels.
    @Test(arguments: ResampleFilter.allCases.filter { $0 != .nearest })
    func extremeShapesWork(filter: ResampleFilter) throws {
        let line = [UInt8](repeating: 0, count: 3_000_000)
        for image in [RGBImage(width: 1, height: 1_000_000, pixels: line), RGBImage(width: 1_000_000, height: 1, pixels: line)] {
            for resize in [Preprocessor.Resize.squash, .centerCrop(shorterSide: 333)] {
                let tensor = try Preprocessor(resize: resize, filter: filter).inputTensor(for: image)
                #expect(tensor.values == Array(repeating: -1, count: 299 * 299 * 3))
            }
        }
    }

    @Test func sizesOfOnePixelWork() throws {
        let image = RGBImage(width: 1, height: 1, pixels: [0, 255, 0])
        let tensor = try Preprocessor(resize: .centerCrop(shorterSide: 333)).inputTensor(for: image)
        #expect(tensor.values == Array(repeating: [-1, 1, -1], count: 299 * 299).flatMap(\.self))
    }

    @Test func scaledDecodingKeepsTwoAndAHalfTimesWhatIsResizedTo() {
        #expect(Preprocessor().minimumScaledSide == 1495)
        #expect(Preprocessor(resize: .centerCrop(shorterSide: 342)).minimumScaledSide == 1710)
    }

    /// Decoding at a fraction that is still twice the network's input costs a few of 255 levels.
    /// Measured: these photos at most 9 anywhere and 0.52 on average, 12-megapixel ones 8 and 0.50.
    @Test(arguments: ["astronaut.jpg", "china.jpg", "coffee.jpg", "flower.jpg", "rocket.jpg"])
    func scaledDecodingStaysClose(name: String) throws {
        let preprocessor = Preprocessor(size: 100)
        let exact = try photo(name), scaled = try photo(name, options: .init(minimumScaledSide: 200))
        #expect(scaled.width == (exact.width + 1) / 2)
        let differences = zip(try preprocessor.inputTensor(for: exact).values, try preprocessor.inputTensor(for: scaled).values).map { abs($0 - $1) * 127.5 }
        #expect(differences.max()! <= 10)
        #expect(differences.reduce(0, +) / Float(differences.count) <= 0.6)
    }
}
