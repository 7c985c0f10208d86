import ModelFiles

extension Preprocessor {
    /// Reads the preparation for a model: the backbone's, with the head's changes.
    ///
    /// - Throws: ``ModelFileError/wrongMetadata(path:key:found:expected:)``.
    package init(_ backbone: Backbone, _ head: Head) throws(ModelFileError) {
        try self.init(head.file, of: backbone.network, over: Preprocessor(backbone))
    }

    /// Reads a backbone's preparation.
    ///
    /// - Throws: ``ModelFileError/wrongMetadata(path:key:found:expected:)``.
    package init(_ backbone: Backbone) throws(ModelFileError) {
        try self.init(backbone.file, of: backbone.network, over: nil)
    }

    /// Reads a file's metadata; settings it lacks are those of `base`.
    private init(
        _ file: SafetensorsFile, of network: any Network, over base: Preprocessor?
    ) throws(ModelFileError) {
        let sizes = network.minimumInputSize...network.maximumInputSize
        func side(_ text: some StringProtocol) -> Int? { Int(text).flatMap { sizes.contains($0) ? $0 : nil } }
        let limits = "\(sizes.lowerBound) to \(sizes.upperBound)"
        let size = try file.value(.inputSize, expected: "a number of \(limits)", default: base?.size, side)
        let resize: Resize = try file.value(
            .resize, expected: "squash, or crop:N with N of \(limits),", default: base?.resize
        ) {
            $0 == "squash"
                ? .squash : $0.hasPrefix("crop:") ? side($0.dropFirst(5)).map { .centerCrop(shorterSide: $0) } : nil
        }
        if case .centerCrop(let side) = resize, side < size {
            throw .wrongMetadata(
                path: file.path, key: .resize, found: "crop:\(side)",
                expected: "a side of at least the input size, \(size),")
        }
        try self.init(
            size: size, resize: resize,
            views: file.value(.views, expected: "1 or 2", default: base?.views ?? 1) { ["1": 1, "2": 2][$0] },
            filter: file.value(
                .resample, expected: "nearest, bilinear, bicubic or lanczos", default: base?.filter, ResampleFilter.init
            ),
            mean: file.value(.inputMean, expected: "three numbers", default: base?.mean, channelValues),
            std: file.value(.inputStandardDeviation, expected: "three numbers other than zero", default: base?.std) {
                channelValues($0).flatMap { $0.contains(0) ? nil : $0 }
            })
        guard isFinite else {
            let key = MetadataKey.inputStandardDeviation
            throw .wrongMetadata(
                path: file.path, key: key, found: file[key], expected: "three numbers that give finite inputs")
        }
    }

    /// True if black and white become finite inputs. All other values lie between.
    private var isFinite: Bool {
        zip(mean, std).allSatisfy { mean, std in ((0 - mean) / std).isFinite && ((1 - mean) / std).isFinite }
    }
}

/// Parses values per channel, such as "0.5,0.5,0.5".
private func channelValues(_ text: String) -> [Float]? {
    let values = text.split(separator: ",").compactMap { Float($0) }
    return values.count == 3 && values.allSatisfy(\.isFinite) ? values : nil
}
