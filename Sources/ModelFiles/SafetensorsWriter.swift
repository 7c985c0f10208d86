/// Tensors and metadata to be written in the safetensors format.
package struct SafetensorsWriter {
    private struct Tensor {
        let name: String
        let elementType: SafetensorsTensor.ElementType
        let shape: [Int]
        let bytes: [UInt8]
    }

    package var metadata: [String: String] = [:]
    private var tensors: [Tensor] = []

    package init() {}

    package subscript(key: MetadataKey) -> String? {
        get { metadata[key.rawValue] }
        set { metadata[key.rawValue] = newValue }
    }

    /// Appends a tensor of 32-bit floats.
    ///
    /// - Precondition: the count of `values` fits `shape` and is at least one, and the name is new.
    package mutating func append(_ name: String, shape: [Int], _ values: [Float]) {
        append(name, .float32, shape: shape, bytes: values.map(\.bitPattern.littleEndian).withUnsafeBytes { Array($0) })
    }

    /// Appends a tensor by its little-endian bytes.
    ///
    /// - Precondition: the count of `bytes` fits `shape` and is at least one, and the name is new.
    package mutating func append(
        _ name: String, _ elementType: SafetensorsTensor.ElementType, shape: [Int], bytes: [UInt8]
    ) {
        precondition(!bytes.isEmpty && bytes.count == shape.reduce(elementType.size, *))
        precondition(name != "__metadata__" && !tensors.contains { $0.name == name })
        tensors.append(Tensor(name: name, elementType: elementType, shape: shape, bytes: bytes))
    }

    /// The SHA-256 of the tensors, lower-case hexadecimal: the value of ``MetadataKey/dataSHA256``.
    package var dataSHA256: String {
        var hash = SHA256()
        for tensor in tensors { tensor.bytes.withUnsafeBytes { hash.update($0) } }
        return hash.finish()
    }

    /// Passes the file to `write` piece by piece, in order.
    package func write<Failure: Error>(_ write: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        var entries: [String: SafetensorsHeader.Entry] = [:]
        var end = 0
        for tensor in tensors {
            let start = end
            end += tensor.bytes.count
            entries[tensor.name] = .init(
                dtype: tensor.elementType.rawValue, shape: tensor.shape, start: start, end: end)
        }
        let header = SafetensorsHeader(metadata: metadata.isEmpty ? nil : metadata, tensors: entries).serialized()
        for piece in [Self.littleEndian(UInt64(header.count)), header] + tensors.map(\.bytes) {
            // A rethrowing `withUnsafeBytes` loses the type of the error.
            let result: Result<Void, Failure> = piece.withUnsafeBytes { bytes in
                Result { () throws(Failure) in try write(bytes) }
            }
            try result.get()
        }
    }

    /// The bytes of the whole file.
    package func serialized() -> [UInt8] {
        var file: [UInt8] = []
        write { file.append(contentsOf: $0) }
        return file
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
