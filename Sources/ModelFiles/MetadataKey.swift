/// What the header of a model file says beside its tensors, by the names in the file.
package enum MetadataKey: String, Sendable, CaseIterable {
    // Every file
    case format
    case name
    /// SHA-256 of everything after the header.
    case dataSHA256 = "data_sha256"
    case source
    case sourceURL = "source_url"
    case sourceSHA256 = "source_sha256"
    case license

    // The backbone's architecture
    case stemPadding = "stem_padding"
    case poolPadding = "pool_padding"
    case shortcutAfterReLU = "shortcut_after_relu"
    case batchNormalizationEpsilon = "batch_norm_epsilon"

    // How images are prepared; a head may differ from its backbone
    case inputSize = "input_size"
    case inputMean = "input_mean"
    case inputStandardDeviation = "input_std"
    case resize
    case resample

    // The head
    case classes
    case activation
    case layers
    case backboneSHA256 = "backbone_sha256"
}

extension SafetensorsFile {
    package subscript(key: MetadataKey) -> String? { metadata[key.rawValue] }

    /// Metadata `key` as `parse` reads it, or `fallback` where the file does not have it.
    ///
    /// - Throws: ``ModelFileError/wrongMetadata(path:key:found:expected:)`` if it is missing
    ///   without a fallback, or `parse` returns nil.
    package func value<Value>(
        _ key: MetadataKey, expected: String, default fallback: Value? = nil, _ parse: (String) -> Value?
    ) throws(ModelFileError) -> Value {
        if self[key] == nil, let fallback { return fallback }
        guard let value = self[key].flatMap(parse) else {
            throw .wrongMetadata(path: path, key: key, found: self[key], expected: expected)
        }
        return value
    }

    /// A name that can be shown anywhere: without line breaks and other control characters.
    func name(_ key: MetadataKey) throws(ModelFileError) -> String {
        try value(key, expected: "a name without control characters") { $0.isPrintable ? $0 : nil }
    }

    func check(format: String) throws(ModelFileError) {
        try value(.format, expected: "\"\(format)\"") { $0 == format ? () : nil }
    }
}

extension String {
    /// Whether a terminal takes none of it for a command.
    var isPrintable: Bool { unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } }
}
