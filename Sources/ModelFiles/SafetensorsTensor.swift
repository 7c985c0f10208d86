import Platform

/// A tensor in a mapped file.
package struct SafetensorsTensor: Sendable {
    package enum ElementType: String, Sendable, Codable {
        case float16 = "F16"
        case float32 = "F32"

        /// The size in bytes.
        package var size: Int { self == .float16 ? 2 : 4 }
    }

    package let elementType: ElementType
    package let shape: [Int]
    private let file: MappedFile
    private let range: Range<Int>

    init(elementType: ElementType, shape: [Int], file: MappedFile, range: Range<Int>) {
        self.elementType = elementType
        self.shape = shape
        self.file = file
        self.range = range
    }

    package var count: Int { shape.reduce(1, *) }

    /// The elements in the mapped file, for kernels that multiply by them in place.
    ///
    /// Valid as long as a copy of this tensor, or its file, lives. At least a page after the end is readable.
    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: file.bytes[range]) }

    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(file) {} }
        return try body(bytes)
    }
}
