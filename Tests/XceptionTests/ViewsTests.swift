import Foundation
import Images
import TestSupport
import Testing
import Xception

@Suite struct ViewsTests {
    private static func features(_ preprocessor: Preprocessor, threads: Int = 1) throws -> [Float] {
        let bytes = try Data(contentsOf: Repository.url("Tests/Fixtures/photos/coffee.jpg"))
        let input = try preprocessor.inputTensor(for: bytes.withUnsafeBytes { try decodeImage($0) })
        #expect(input.views == preprocessor.views)
        return try InferenceSession(ShippedModel.model.extractor, threads: threads).features(input)
    }

    @Test("The features of two views are the mean of the squashed photo's and the crop's, in either order")
    func mean() throws {
        let squash = try Self.features(Preprocessor())
        let crop = try Self.features(Preprocessor(resize: .centerCrop(shorterSide: 341)))
        let expected = zip(squash, crop).map { ($0 + $1) / 2 }
        #expect(squash != crop)
        for threads in [1, 2] { #expect(try Self.features(Preprocessor(views: 2), threads: threads) == expected) }
        #expect(try Self.features(Preprocessor(resize: .centerCrop(shorterSide: 341), views: 2)) == expected)
    }

    @Test("A feature map is the first view's")
    func map() throws {
        let image = try Data(contentsOf: Repository.url("Tests/Fixtures/photos/coffee.jpg")).withUnsafeBytes { try decodeImage($0) }
        let session = InferenceSession(ShippedModel.model.extractor, threads: 2)
        let one = try session.featureMap(Preprocessor().inputTensor(for: image))
        let two = try session.featureMap(Preprocessor(views: 2).inputTensor(for: image))
        #expect(two.map.values == one.map.values && two.features != one.features)
    }
}
