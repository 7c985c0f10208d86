/// A difference between bytes and the expected JSON.
enum JSONMismatch: Error {
    /// The bytes end too soon, and have no other fault.
    case cutOff
    case foreign
}

/// Reads JSON in the form that this program writes: the same order of members, the same white space.
struct JSONScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    /// Skips text that must come next.
    mutating func skip(_ literal: StaticString) throws(JSONMismatch) {
        guard try skip(ifNext: literal) else { throw .foreign }
    }

    /// Skips text if it comes next.
    ///
    /// - Throws: ``JSONMismatch/cutOff`` if the bytes end before that is known.
    mutating func skip(ifNext literal: StaticString) throws(JSONMismatch) -> Bool {
        let expected = UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
        let found = bytes[position...].prefix(expected.count)
        guard expected.starts(with: found) else { return false }
        guard found.count == expected.count else { throw .cutOff }
        position += expected.count
        return true
    }

    /// Reads the text of a number.
    mutating func readNumber() throws(JSONMismatch) -> String {
        let start = position
        while position < bytes.count, isNumeric(bytes[position]) { position += 1 }
        guard position < bytes.count else { throw .cutOff }
        guard position > start else { throw .foreign }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private func isNumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "e")].contains(byte)
    }

    mutating func readInt() throws(JSONMismatch) -> Int {
        guard let number = Int(try readNumber()) else { throw .foreign }
        return number
    }

    /// Reads a probability or a time in milliseconds.
    mutating func readDouble() throws(JSONMismatch) -> Double {
        guard let number = Double(try readNumber()), number.magnitude < 1e9 else { throw .foreign }
        return number
    }

    /// Reads an array.
    ///
    /// - Parameter readElement: reads an element between the commas.
    mutating func readArray<Element>(
        _ readElement: (inout JSONScanner) throws(JSONMismatch) -> Element
    ) throws(JSONMismatch) -> [Element] {
        try skip("[")
        var elements: [Element] = []
        if try skip(ifNext: "]") { return elements }
        repeat { elements.append(try readElement(&self)) } while try skip(ifNext: ", ")
        try skip("]")
        return elements
    }

    /// Reads a string from its opening to its closing quote.
    mutating func readString() throws(JSONMismatch) -> String {
        try skip("\"")
        var text: [UInt8] = []
        var surrogate: UInt32?
        while true {
            let byte = try next()
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            switch try next() {
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "u"):
                let digits = bytes[position...].prefix(4)
                guard digits.count == 4 else { throw .cutOff }
                guard let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else { throw .foreign }
                position += 4
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
            case let escaped: text.append(escaped)
            }
        }
    }

    private mutating func next() throws(JSONMismatch) -> UInt8 {
        guard position < bytes.count else { throw .cutOff }
        defer { position += 1 }
        return bytes[position]
    }
}
