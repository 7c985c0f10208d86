import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite struct BackboneTests {
    @Test("A backbone says which Xception it is for; a head is none, and a backbone is no head")
    func metadata() throws {
        let folder = try TemporaryFolder()
        #expect(try Backbone(path: ShippedFiles.backbone).variant == NetworkVariant())
        let padding = try folder.write(
            "padding", altered(ShippedFiles.backbone, #""pool_padding":"same""#, #""pool_padding":"some""#))
        #expect(throws: ModelFileError.wrongMetadata(
            path: padding, key: .poolPadding, found: "some", expected: "same or symmetric")
        ) { try Backbone(path: padding) }
        #expect(throws: ModelFileError.self) { try Backbone(path: ShippedFiles.head) }
        #expect(throws: ModelFileError.self) { try Head(path: ShippedFiles.backbone) }
    }
}
