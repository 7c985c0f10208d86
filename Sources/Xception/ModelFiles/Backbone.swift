/// The 36 convolution layers' weights, and how images must be prepared for them.
public struct Backbone: Sendable {
    public let file: SafetensorsFile
    public let name: String
    public var variant: NetworkVariant
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
    /// Reads a model file's metadata. A backbone says everything; what a head does not say is as
    /// in `base`, its backbone's.
    init(_ file: SafetensorsFile, over base: Preprocessor? = nil) throws(ModelFileError) {
        let sizes = NetworkVariant.minimumInputSize...NetworkVariant.maximumInputSize
        func side(_ text: some StringProtocol) -> Int? { Int(text).flatMap { sizes.contains($0) ? $0 : nil } }
        let limits = "\(sizes.lowerBound) to \(sizes.upperBound)"
        let size = try file.value("input_size", expected: "a number of \(limits)", base?.size, side)
        let resize: Resize = try file.value("resize", expected: "squash, or crop:N with N of \(limits),", base?.resize) {
            $0 == "squash" ? .squash : $0.hasPrefix("crop:") ? side($0.dropFirst(5)).map { .centerCrop(shorterSide: $0) } : nil
        }
        if case .centerCrop(let side) = resize, side < size {
            throw .wrongMetadata(
                path: file.path, key: "resize", found: "crop:\(side)", expected: "a side of at least the input size, \(size),")
        }
        try self.init(
            size: size, resize: resize,
            filter: file.value("resample", expected: "nearest, bilinear, bicubic or lanczos", base?.filter, ResampleFilter.init),
            mean: file.value("input_mean", expected: "three numbers", base?.mean, channelValues),
            std: file.value("input_std", expected: "three numbers other than zero", base?.std) {
                channelValues($0).flatMap { $0.contains(0) ? nil : $0 }
            })
    }
}

extension SafetensorsFile {
    /// Metadata `key` as `parse` reads it, or `fallback` where the file does not have it.
    fileprivate func value<Value>(
        _ key: String, expected: String, _ fallback: Value?, _ parse: (String) -> Value?
    ) throws(ModelFileError) -> Value {
        if metadata[key] == nil, let fallback { return fallback }
        return try value(key, expected: expected, parse)
    }
}

/// "0.5,0.5,0.5"
private func channelValues(_ text: String) -> [Float]? {
    let values = text.split(separator: ",").compactMap { Float($0) }
    return values.count == 3 && values.allSatisfy(\.isFinite) ? values : nil
}
