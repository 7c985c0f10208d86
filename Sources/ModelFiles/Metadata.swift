extension SafetensorsFile {
    package subscript(key: MetadataKey) -> String? { metadata[key.rawValue] }

    /// Returns metadata `key` as parsed by `parse`, or `fallback` if the file does not have it.
    ///
    /// - Throws: ``ModelFileError/wrongMetadata(path:key:found:expected:)`` if it is missing without a fallback, or
    ///   `parse` returns nil.
    package func value<Value>(
        _ key: MetadataKey, expected: String, default fallback: Value? = nil, _ parse: (String) -> Value?
    ) throws(ModelFileError) -> Value {
        if self[key] == nil, let fallback { return fallback }
        guard let value = self[key].flatMap(parse) else {
            throw .wrongMetadata(path: path, key: key, found: self[key], expected: expected)
        }
        return value
    }

    /// Returns a name that is safe to print: without line breaks and other control characters.
    package func name(_ key: MetadataKey) throws(ModelFileError) -> String {
        try value(key, expected: "a name without control characters") { $0.isPrintable ? $0 : nil }
    }

    package func check(format: String) throws(ModelFileError) {
        try value(.format, expected: "\"\(format)\"") { $0 == format ? () : nil }
    }
}

extension String {
    /// True if the text has no control characters. Those that change the direction of text are accepted, since names in
    /// Arabic or Hebrew may hold them; `printable` keeps them from the terminal.
    var isPrintable: Bool { unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } }
}
