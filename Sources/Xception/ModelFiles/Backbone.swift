/// The 36 convolution layers' weights, and how images must be prepared for them.
public struct Backbone: Sendable {
    public let file: SafetensorsFile
    public let name: String
    public let variant: NetworkVariant
    /// How its images were prepared when it was trained.
    public let preprocessor: Preprocessor
    /// SHA-256 of the tensors, by which a head names its backbone.
    public let sha256: String

    /// - Throws: ``ModelFileError`` if the file cannot be read or is not a backbone.
    public init(path: String) throws(ModelFileError) {
        file = try SafetensorsFile(path: path)
        try file.check(format: "xception.backbone/1")
        name = try file.value("name", expected: "a name") { $0 }
        variant = try NetworkVariant(file)
        sha256 = try file.value("data_sha256", expected: "a SHA-256") { $0 }
        preprocessor = try Preprocessor(file)
    }
}

extension Preprocessor {
    /// Reads a backbone's metadata.
    fileprivate init(_ file: SafetensorsFile) throws(ModelFileError) {
        let size = try file.value("input_size", expected: "a number of at least \(NetworkVariant.minimumInputSize)") {
            Int($0).flatMap { $0 >= NetworkVariant.minimumInputSize ? $0 : nil }
        }
        try self.init(
            size: size,
            resize: file.value("resize", expected: "squash, or crop:N with N at least the input size") {
                if $0 == "squash" { return .squash }
                guard $0.hasPrefix("crop:"), let side = Int($0.dropFirst(5)), side >= size else { return nil }
                return .centerCrop(shorterSide: side)
            },
            filter: file.value("resample", expected: "nearest, bilinear, bicubic or lanczos", ResampleFilter.init),
            mean: file.value("input_mean", expected: "three numbers", channelValues),
            std: file.value("input_std", expected: "three numbers other than zero") {
                channelValues($0).flatMap { $0.contains(0) ? nil : $0 }
            })
    }
}

/// "0.5,0.5,0.5"
private func channelValues(_ text: String) -> [Float]? {
    let values = text.split(separator: ",").compactMap { Float($0) }
    return values.count == 3 && values.allSatisfy(\.isFinite) ? values : nil
}
