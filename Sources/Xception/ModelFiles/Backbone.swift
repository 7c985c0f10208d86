/// The 36 convolution layers' weights, and how images must be prepared for them.
public struct Backbone: Sendable {
    public let file: SafetensorsFile
    public let name: String
    public let variant: NetworkVariant
    /// SHA-256 of the tensors, by which a head names its backbone.
    public let sha256: String

    /// - Throws: ``ModelFileError`` if the file cannot be read or is not a backbone.
    public init(path: String) throws(ModelFileError) {
        file = try SafetensorsFile(path: path)
        try file.check(format: "xception.backbone/1")
        name = try file.value("name", expected: "a name") { $0 }
        variant = try NetworkVariant(file)
        sha256 = try file.value("data_sha256", expected: "a SHA-256") { $0 }
    }
}
