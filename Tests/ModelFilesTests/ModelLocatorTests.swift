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
}
