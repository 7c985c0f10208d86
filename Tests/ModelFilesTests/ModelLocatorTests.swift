import Foundation
import ModelFiles
import Platform
import TestSupport
import Testing

@Suite struct ModelLocatorTests {
    /// Two places and a locator that searches them in order.
    let (first, second): (TemporaryFolder, TemporaryFolder)
    let locator: ModelLocator

    init() throws {
        first = try TemporaryFolder()
        second = try TemporaryFolder()
        locator = ModelLocator(places: [
            .init(name: "first", directory: FilePath(first.path)), .init(name: "second", directory: FilePath(second.path)),
        ])
    }

    @Test("Files are looked for in order, and an explicit one wins")
    func order() throws {
        #expect(throws: ModelFileError.notFound(file: ModelLocator.headFile, searched: locator.places.map(\.directory))) {
            try locator.head()
        }
        let fallback = try second.write("imagenet.head.safetensors", Data())
        #expect(try locator.head() == fallback)
        let preferred = try first.write("imagenet.head.safetensors", Data())
        #expect(try locator.head() == preferred)
        #expect(locator.all(ModelLocator.headFile).map(\.path) == [preferred, fallback])
        let named = try second.write("birds.head.safetensors", Data())
        #expect(try locator.head(FilePath("birds")) == named)
        #expect(try locator.head(FilePath("/some/where.safetensors")) == FilePath("/some/where.safetensors"))
        #expect(locator.all(suffix: ModelLocator.headSuffix).map(\.path) == [preferred, named, fallback])
        #expect(locator.all(suffix: ModelLocator.headSuffix).map(\.place.name) == ["first", "second", "second"])
    }

    @Test("A head finds the backbone it was made for behind one that shadows it")
    func backboneOfHead() throws {
        let shipped = try Backbone(path: ShippedFiles.backbone).sha256
        func hash(_ digit: Int) -> String { String(repeating: "\(digit)", count: 64) }
        func backbone(_ digit: Int) throws -> Data { try altered(ShippedFiles.backbone, shipped, hash(digit)) }
        let shadowing = try first.write("xception-backbone.safetensors", backbone(1))
        let shadowed = try second.write("xception-backbone.safetensors", backbone(2))
        let own = try first.write("birds-backbone.safetensors", backbone(3))
        try first.write("broken-backbone.safetensors", Data())
        for (sha256, path) in [(hash(1), shadowing), (hash(2), shadowed), (hash(3), own), ("none's", shadowing)] {
            let head = try Head(path: second.write("some.head.safetensors", smallHead(sha256).serialized()))
            #expect(try locator.backbone(for: head).file.path == path)
        }
    }
}
