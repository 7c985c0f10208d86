import Platform

/// The weights of the 40 convolution layers, and which Xception they are for.
package struct Backbone: Sendable {
    package let file: SafetensorsFile
    package let name: String
    package var variant: NetworkVariant
    /// SHA-256 of the tensors, by which a head names its backbone.
    package let sha256: String

    /// - Throws: ``ModelFileError`` if the file cannot be read or is not a backbone.
    package init(path: FilePath) throws(ModelFileError) {
        file = try SafetensorsFile(path: path)
        try file.check(format: "xception.backbone/1")
        name = try file.name(.name)
        variant = try NetworkVariant(file)
        sha256 = try file.name(.dataSHA256)
    }
}
