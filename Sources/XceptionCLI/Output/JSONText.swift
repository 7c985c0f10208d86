/// JSON by hand: the documents' few shapes, keys in the documented order, nothing to load at
/// start-up.
enum JSONText {
    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// A number with at most so many digits behind the point, without needless zeros.
    static func number(_ value: Double, digits: Int) -> String {
        var text = fixed(value, digits: digits)
        guard text.contains(".") else { return text }
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }

    /// A number with so many digits behind the point.
    static func fixed(_ value: Double, digits: Int) -> String {
        let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
        let scaled = (value.magnitude * Double(scale)).rounded()
        guard scaled < 1e18 else { return "\(value)" }
        let whole = "\(value < 0 && scaled > 0 ? "-" : "")\(Int(scaled) / scale)"
        guard digits > 0 else { return whole }
        let fraction = String(Int(scaled) % scale)
        return whole + "." + String(repeating: "0", count: digits - fraction.count) + fraction
    }

    static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\(string($0)): \($1)" }.joined(separator: ", ") + "}"
    }

    static func array(_ elements: [String]) -> String {
        "[" + elements.joined(separator: ", ") + "]"
    }
}

extension JSONText {
    /// Reads the rest of a string behind its opening quote, and its closing one. Nil if it is none.
    static func unescaped(_ bytes: inout Slice<UnsafeRawBufferPointer>) -> String? {
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
                guard let unit = UInt32(String(decoding: bytes.prefix(4), as: UTF8.self), radix: 16), bytes.count >= 4 else {
                    return nil
                }
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
                guard let scalar = Unicode.Scalar(value) else { return nil }
                text.append(contentsOf: UTF8.encode(scalar)!)
            case let escaped?: text.append(escaped)
            case nil: return nil
            }
        }
        return nil
    }
}
