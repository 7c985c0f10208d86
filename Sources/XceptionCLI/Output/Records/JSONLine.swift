import Images

/// How a line of JSON that this program wrote begins.
struct JSONLine {
    let path: String
    let isFailure: Bool

    init(_ bytes: UnsafeRawBufferPointer) throws(JSONMismatch) {
        var scanner = Scanner(rest: bytes[...])
        try scanner.skip("{\"")
        if scanner.isAt("f") {
            try scanner.skip("frame\": ")
            try scanner.skipNumber()
            try scanner.skip(", \"")
        }
        try scanner.skip("path\": \"")
        path = try scanner.readString()
        try scanner.skip(", \"")
        isFailure = scanner.isAt("e")
        if isFailure {
            try scanner.skip("error\": {\"code\": \"")
            guard ImageError.Code(rawValue: try scanner.readString()) != nil else { throw .foreign }
            try scanner.skip(", \"message\": \"")
        } else {
            try scanner.skip("width\": ")
            try scanner.skipNumber()
            try scanner.skip(", \"height\": ")
            try scanner.skipNumber()
            try scanner.skip(", \"predictions\": [")
        }
    }

    private struct Scanner {
        var rest: Slice<UnsafeRawBufferPointer>

        func isAt(_ letter: Unicode.Scalar) -> Bool { rest.first == UInt8(ascii: letter) }

        mutating func skip(_ literal: StaticString) throws(JSONMismatch) {
            let bytes = UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
            guard rest.starts(with: bytes) else { throw bytes.starts(with: rest) ? .cutOff : .foreign }
            rest.removeFirst(bytes.count)
        }

        mutating func skipNumber() throws(JSONMismatch) {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard !digits.isEmpty else { throw rest.isEmpty ? .cutOff : .foreign }
            rest.removeFirst(digits.count)
        }

        /// The rest of a string after its opening quote.
        mutating func readString() throws(JSONMismatch) -> String { try JSONText.unescaped(&rest) }
    }
}
