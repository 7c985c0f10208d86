/// Reads of untrusted bytes, which return nil outside the bounds and never trap.
extension UnsafeRawBufferPointer {
    func byte(at offset: Int) -> UInt8? {
        offset >= 0 && offset < count ? self[offset] : nil
    }

    func bigEndian16(at offset: Int) -> Int? { integer(UInt16.self, at: offset).map { Int(UInt16(bigEndian: $0)) } }

    func bigEndian32(at offset: Int) -> Int? { integer(UInt32.self, at: offset).map { Int(UInt32(bigEndian: $0)) } }

    /// An integer in this machine's byte order.
    func integer<T: FixedWidthInteger>(_ type: T.Type, at offset: Int) -> T? {
        guard offset >= 0, offset <= count - MemoryLayout<T>.size else { return nil }
        return loadUnaligned(fromByteOffset: offset, as: T.self)
    }

    func contains(_ text: StaticString, at offset: Int) -> Bool {
        guard offset >= 0, count - offset >= text.utf8CodeUnitCount else { return false }
        return (0..<text.utf8CodeUnitCount).allSatisfy { self[offset + $0] == text.utf8Start[$0] }
    }

    func starts(withBytes prefix: [UInt8]) -> Bool {
        count >= prefix.count && prefix.indices.allSatisfy { self[$0] == prefix[$0] }
    }
}
