/// How bytes differ from the JSON that is expected.
enum JSONMismatch: Error {
    /// Only in that they end too soon.
    case cutOff
    case foreign
}

extension JSONText {
    /// Reads the rest of a string after its opening quote, and its closing one.
    static func unescaped(_ bytes: inout Slice<UnsafeRawBufferPointer>) throws(JSONMismatch) -> String {
        var text: [UInt8] = []
        var surrogate: UInt32?
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            switch bytes.popFirst() {
            case UInt8(ascii: "n")?: text.append(0x0A)
            case UInt8(ascii: "r")?: text.append(0x0D)
            case UInt8(ascii: "t")?: text.append(0x09)
            case UInt8(ascii: "b")?: text.append(0x08)
            case UInt8(ascii: "f")?: text.append(0x0C)
            case UInt8(ascii: "u")?:
                guard bytes.count >= 4 else { throw .cutOff }
                guard let unit = UInt32(String(decoding: bytes.prefix(4), as: UTF8.self), radix: 16) else { throw .foreign }
                bytes.removeFirst(4)
                if (0xD800..<0xDC00).contains(unit) {
                    surrogate = unit
                    continue
                }
                var value = unit
                if let high = surrogate, (0xDC00..<0xE000).contains(unit) {
                    value = 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00)
                }
                surrogate = nil
                guard let scalar = Unicode.Scalar(value) else { throw .foreign }
                text.append(contentsOf: UTF8.encode(scalar)!)
            case let escaped?: text.append(escaped)
            case nil: throw .cutOff
            }
        }
        throw .cutOff
    }
}
