/// The bytes of a TIFF file, whose header declares their order.
struct TIFFBytes {
    private let bytes: UnsafeRawBufferPointer
    let isLittleEndian: Bool

    init?(_ bytes: UnsafeRawBufferPointer) {
        let isLittleEndian = bytes.contains("II", at: 0)
        guard isLittleEndian || bytes.contains("MM", at: 0) else { return nil }
        self.init(bytes, isLittleEndian: isLittleEndian)
    }

    /// A part of a TIFF file without a header of its own.
    init(_ bytes: UnsafeRawBufferPointer, isLittleEndian: Bool) {
        self.bytes = bytes
        self.isLittleEndian = isLittleEndian
    }

    func read<T: FixedWidthInteger>(_ type: T.Type, at offset: Int) -> T? {
        bytes.integer(type, at: offset).map { isLittleEndian ? T(littleEndian: $0) : T(bigEndian: $0) }
    }

    /// Returns the bytes per value of a type; nil for a type that TIFF does not have.
    static func size(of type: UInt16) -> Int? {
        switch type {
        case 1, 2, 6, 7: 1  // BYTE, ASCII, SBYTE, UNDEFINED
        case 3, 8: 2  // SHORT, SSHORT
        case 4, 9, 11, 13: 4  // LONG, SLONG, FLOAT, IFD
        case 5, 10, 12, 16: 8  // RATIONAL, SRATIONAL, DOUBLE, LONG8
        default: nil
        }
    }

    /// Reads a value of one of TIFF's types that are numbers to Pillow. The standard asks for SHORT as an orientation.
    func number(_ type: UInt16, at offset: Int) -> Double? {
        switch type {
        case 3: read(UInt16.self, at: offset).map { Double($0) }  // SHORT
        case 4, 13: read(UInt32.self, at: offset).map { Double($0) }  // LONG, IFD
        case 5: ratio(UInt32.self, at: offset)  // RATIONAL
        case 6: read(Int8.self, at: offset).map { Double($0) }  // SBYTE
        case 8: read(Int16.self, at: offset).map { Double($0) }  // SSHORT
        case 9: read(Int32.self, at: offset).map { Double($0) }  // SLONG
        case 10: ratio(Int32.self, at: offset)  // SRATIONAL
        case 11: read(UInt32.self, at: offset).map { Double(Float(bitPattern: $0)) }  // FLOAT
        case 12: read(UInt64.self, at: offset).map(Double.init(bitPattern:))  // DOUBLE
        case 16: read(UInt64.self, at: offset).map { Double($0) }  // LONG8
        default: nil
        }
    }

    private func ratio<T: FixedWidthInteger>(_ type: T.Type, at offset: Int) -> Double? {
        guard let numerator = read(type, at: offset), let denominator = read(type, at: offset + 4) else { return nil }
        return Double(numerator) / Double(denominator)
    }
}
