import Foundation
import ModelFiles
import Platform
import TestSupport
import Testing
import Xception

@Suite struct BackboneTests {
    @Test("A backbone says which Xception it is for; a head is none, and a backbone is no head")
    func metadata() throws {
        let folder = try TemporaryFolder()
        #expect(try Backbone(path: ShippedFiles.backbone).network as? XceptionNetwork == XceptionNetwork())
        let padding = try folder.write(
            "padding", altered(ShippedFiles.backbone, #""pool_padding":"same""#, #""pool_padding":"some""#))
        #expect(throws: ModelFileError.wrongMetadata(
            path: padding, key: .poolPadding, found: "some", expected: "same or symmetric")
        ) { try Backbone(path: padding) }
        #expect(throws: ModelFileError.self) { try Backbone(path: ShippedFiles.head) }
        #expect(throws: ModelFileError.self) { try Head(path: ShippedFiles.backbone) }
    }
    @Test("A backbone of an unknown network, or of an impossible width, is refused")
    func networks() throws {
        let folder = try TemporaryFolder()
        func backbone(_ network: String, features: Int) throws -> Backbone {
            var file = SafetensorsWriter()
            file.append("conv_pw_13/bias", shape: [features], [Float](repeating: 0, count: features))
            file[.format] = "xception.backbone/1"
            file[.name] = "test"
            file[.network] = network
            file[.dataSHA256] = file.dataSHA256
            return try Backbone(path: folder.write("test", file.serialized()))
        }
        let path = FilePath(folder.path).appending("test")
        #expect(throws: ModelFileError.wrongMetadata(
            path: path, key: .network, found: "resnet", expected: "xception or mobilenet_v1 or aligned_xception")
        ) { try backbone("resnet", features: 1024) }
        #expect(throws: ModelFileError.wrongShape(path: path, name: "conv_pw_13/bias", found: [1025], expected: [1024])) {
            try backbone("mobilenet_v1", features: 1025)
        }
        for features in [256, 512, 768, 1024] {
            #expect(try backbone("mobilenet_v1", features: features).network.features == features)
        }
    }

    /// Two places and a locator that searches them in order.
    private struct Places {
        let first = try! TemporaryFolder()
        let second = try! TemporaryFolder()
        var locator: ModelLocator {
            ModelLocator(places: [
                .init(name: "first", directory: FilePath(first.path)), .init(name: "second", directory: FilePath(second.path)),
            ])
        }
    }

    @Test("A head finds the backbone it was made for after one that shadows it")
    func backboneOfHead() throws {
        let places = Places()
        let (first, second, locator) = (places.first, places.second, places.locator)
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
    @Test("A model named without a head gets ImageNet's if that was made for it, else the one of its own name")
    func headOfBackbone() throws {
        let places = Places()
        let (first, second, locator) = (places.first, places.second, places.locator)
        let shipped = try Backbone(path: ShippedFiles.backbone).sha256
        let other = String(repeating: "1", count: 64)
        _ = try second.write("xception-backbone.safetensors", Data(contentsOf: URL(filePath: ShippedFiles.backbone.text)))
        let birds = try first.write("birds-backbone.safetensors", altered(ShippedFiles.backbone, shipped, other))
        let standard = try second.write("imagenet.head.safetensors", smallHead(shipped).serialized())
        let own = try second.write("birds.head.safetensors", smallHead(other).serialized())
        _ = try first.write("a.head.safetensors", smallHead(other).serialized())
        func paths(_ model: String?, _ head: String? = nil) throws -> [FilePath] {
            let (backbone, head) = try locator.files(model: model.map { FilePath($0) }, head: head.map { FilePath($0) })
            return [backbone.file.path, head.file.path]
        }
        #expect(try paths("birds") == [birds, own])
        #expect(try paths(birds.text) == [birds, own])
        #expect(try paths("xception")[1] == standard)
        #expect(try paths(nil)[1] == standard)
        #expect(try paths(nil, "a")[0] == birds)
        #expect(throws: ModelFileError.self) { try paths("fish") }
    }
}
