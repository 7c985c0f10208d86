/// A box's type, or another code of four characters.
struct FourCharacterCode: Hashable, ExpressibleByStringLiteral {
    let value: Int

    init(value: Int) {
        self.value = value
    }

    init(stringLiteral text: StaticString) {
        value = (0..<text.utf8CodeUnitCount).reduce(0) { $0 << 8 | Int(text.utf8Start[$1]) }
    }
}

/// The boxes in a range of a file, in their order (ISO/IEC 14496-12, 4.2).
///
/// A box that is longer than the range ends where the range ends. A length that leaves no room for the box's own header
/// ends the sequence.
struct HEIFBoxes: Sequence, IteratorProtocol {
    private let file: UnsafeRawBufferPointer
    private var position: Int
    private let end: Int

    init(_ file: UnsafeRawBufferPointer, in range: Range<Int>) {
        self.file = file
        (position, end) = (range.lowerBound, range.upperBound)
    }

    mutating func next() -> (type: FourCharacterCode, content: Range<Int>)? {
        guard position <= end - 8, let size = file.bigEndian32(at: position),
            let type = file.bigEndian32(at: position + 4)
        else { return nil }
        var (header, length) = (8, size)
        if size == 1 {
            guard let high = file.bigEndian32(at: position + 8), let low = file.bigEndian32(at: position + 12)
            else { return nil }
            (header, length) = (16, high == 0 ? low : end - position)
        } else if size == 0 {
            length = end - position
        }
        length = Swift.min(length, end - position)
        guard length >= header else { return nil }
        defer { position += length }
        return (FourCharacterCode(value: type), position + header..<position + length)
    }
}

/// A reader of big-endian numbers, one after the other.
struct BigEndianReader {
    private let bytes: UnsafeRawBufferPointer
    private var position: Int
    private let end: Int

    init(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) {
        self.bytes = bytes
        (position, end) = (range.lowerBound, Swift.min(range.upperBound, bytes.count))
    }

    /// Reads a number.
    ///
    /// - Parameter size: 0, 1, 2, 4 or 8 bytes; no bytes are the number 0.
    /// - Returns: nil for another size, past the end, or if the number needs more than 32 bits.
    mutating func read(_ size: Int) -> Int? {
        guard size >= 0, position <= end - size else { return nil }
        defer { position += size }
        switch size {
        case 0: return 0
        case 1: return bytes.byte(at: position).map(Int.init)
        case 2: return bytes.bigEndian16(at: position)
        case 4: return bytes.bigEndian32(at: position)
        case 8: return bytes.bigEndian32(at: position) == 0 ? bytes.bigEndian32(at: position + 4) : nil
        default: return nil
        }
    }
}
