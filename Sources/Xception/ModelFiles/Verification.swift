import ModelFiles

extension SafetensorsFile {
    /// SHA-256 of everything behind the header, lower-case hexadecimal.
    ///
    /// - Complexity: reads the whole file.
    public func dataSHA256() -> String { sha256(data) }

    /// Checks what the header promises: the data's SHA-256, and that every value is a finite
    /// number.
    ///
    /// - Throws: ``ModelFileError/corrupt(path:reason:)``.
    public func verify() throws(ModelFileError) {
        let expected = try value("data_sha256", expected: "a SHA-256") { $0 }
        let found = dataSHA256()
        guard found == expected else {
            throw .corrupt(path: path, reason: "the SHA-256 of its tensors is \(found), not \(expected)")
        }
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) where !tensor.isFinite {
            throw .corrupt(path: path, reason: "\(name.debugDescription) holds values that are no finite numbers")
        }
    }
}

extension SafetensorsTensor {
    /// Whether no value is infinite or not a number: all exponent bits set.
    var isFinite: Bool {
        let count = bytes.count / elementType.size
        switch elementType {
        case .float16:
            return (0..<count).allSatisfy {
                bytes.loadUnaligned(fromByteOffset: $0 * 2, as: UInt16.self) & 0x7c00 != 0x7c00
            }
        case .float32:
            return (0..<count).allSatisfy {
                bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self) & 0x7f80_0000 != 0x7f80_0000
            }
        }
    }
}
