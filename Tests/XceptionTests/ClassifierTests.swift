import Foundation
import KernelSelection
import Kernels
import Platform
import Testing
import TestSupport
import Xception

/// The library as its users meet it.
@Suite struct ClassifierTests {
    static let cat = Repository.url("Tests/Fixtures/photos/chelsea.png")
    static let classifier = try! Classifier(
        backbone: URL(filePath: ShippedFiles.backbone.text), head: URL(filePath: ShippedFiles.head.text), threads: 2)

    @Test("A file, its bytes of any kind, and its pixels have the same predictions")
    func inputs() throws {
        let predictions = try Self.classifier.classify(contentsOf: Self.cat, top: 3)
        #expect(predictions.map(\.rank) == [1, 2, 3])
        #expect(predictions[0].label == "Egyptian cat" && predictions[0].index == 285 && predictions[0].id == "n02124075")
        #expect(predictions[0].probability > 0.9)
        #expect(Self.classifier.classes[285] == ClassLabel(id: "n02124075", label: "Egyptian cat"))

        let file = try Data(contentsOf: Self.cat)
        #expect(try Self.classifier.classify(file: file, top: 3) == predictions)
        #expect(try Self.classifier.classify(file: [UInt8](file), top: 3) == predictions)
        #expect(try file.withUnsafeBytes { try Self.classifier.classify(file: $0, top: 3) } == predictions)
        let image = try RGBImage(contentsOf: Self.cat)
        #expect(try RGBImage(file: file) == image)
        #expect(try Self.classifier.classify(image, top: 3) == predictions)
        let pixels = RGBImage(width: image.width, height: image.height, pixels: image.pixels)
        #expect(try Self.classifier.classify(pixels, top: 3) == predictions)
    }

    @Test("Features are Keras', and the mean of the feature map")
    func features() throws {
        let image = try RGBImage(contentsOf: Self.cat)
        let features = try Self.classifier.features(of: image)
        #expect(largestDifference(features, try Goldens("network").values("features/chelsea.png")) < 1e-4)
        let map = try Self.classifier.featureMap(of: image)
        #expect(map.height == 10 && map.width == 10 && map.channels == 2048 && map.values.count == 204_800)
        let means = (0..<2048).map { channel in
            stride(from: channel, to: map.values.count, by: 2048).reduce(0) { $0 + map.values[$1] } / 100
        }
        #expect(largestDifference(features, means) < 1e-5)
    }

    @Test("Many tasks at once get what one gets alone")
    func concurrency() async throws {
        let names = ["chelsea.png", "coffee.jpg"]
        let images = try names.map { try RGBImage(contentsOf: Repository.url("Tests/Fixtures/photos/\($0)")) }
        let alone = try images.map { try Self.classifier.classify($0, top: 1000) }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<12 {
                group.addTask { try Self.classifier.classify(images[task % 2], top: 1000) == alone[task % 2] }
            }
            for try await isSame in group { #expect(isSame) }
        }
    }

    @Test("A preprocessor replaces the model's own")
    func preprocessor() throws {
        #expect(Self.classifier.preprocessor == Preprocessor())
        let cropping = Preprocessor(size: 150, resize: .centerCrop(shorterSide: 171), filter: .bicubic)
        let classifier = try Classifier(
            backbone: URL(filePath: ShippedFiles.backbone.text), head: URL(filePath: ShippedFiles.head.text), preprocessor: cropping)
        let map = try classifier.featureMap(of: RGBImage(contentsOf: Self.cat))
        #expect(map.height == 5 && map.width == 5)
    }

    @Test("Errors say in one line which file, and for programs what")
    func errors() throws {
        let folder = try TemporaryFolder()
        func code(_ name: String, _ bytes: [UInt8]) throws -> XceptionError.Code {
            let path = try folder.write(name, bytes)
            let error = try #require(throws: XceptionError.self) { try Self.classifier.classify(contentsOf: URL(filePath: path.text)) }
            #expect(error.description.hasPrefix("\(path.text): ") && !error.description.contains("\n"))
            return error.code
        }
        #expect(try code("empty.jpg", []) == .emptyFile)
        #expect(try code("text.jpg", Array("A text.".utf8)) == .unsupportedFormat)
        #expect(try code("cut.png", Array(Data(contentsOf: Self.cat).prefix(5000))) == .corruptImage)
        let missing = folder.url.appending(path: "nothing.jpg")
        let bomb = Repository.url("Tests/Fixtures/decode/bomb-60000x60000.png")
        for (url, code) in [(missing, XceptionError.Code.notFound), (folder.url, .unreadable), (bomb, .imageTooLarge)] {
            let error = try #require(throws: XceptionError.self) { try RGBImage(contentsOf: url) }
            #expect(error.code == code)
        }
        if ProcessorKernels.best.products(.bf16) == nil {
            let error = try #require(throws: XceptionError.self) { try Classifier(precision: .bf16) }
            #expect(error.code == .precision)
        }
        let noModel = try #require(throws: XceptionError.self) { try Classifier(head: missing) }
        #expect(noModel.code == .model && noModel.description.hasPrefix(missing.path))
    }
}
