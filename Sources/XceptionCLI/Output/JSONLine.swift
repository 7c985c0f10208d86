/// How a line of JSON that this program wrote begins.
struct JSONLine {
    let path: String
    let isFailure: Bool

    /// Nil if the bytes begin with something else.
    init?(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        guard Self.skip("{\"", &rest) else { return nil }
        if Self.skip("frame\": ", &rest) {
            while let digit = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) { rest.removeFirst() }
            guard Self.skip(", \"", &rest) else { return nil }
        }
        guard Self.skip("path\": \"", &rest), let path = JSONText.unescaped(&rest), Self.skip(", \"", &rest) else { return nil }
        self.path = path
        isFailure = Self.skip("error\": {", &rest)
        guard isFailure || Self.skip("width\": ", &rest) else { return nil }
    }

    /// Whether bytes without a line's end may be the beginning of a line that was torn off.
    static func mayBegin(_ bytes: UnsafeRawBufferPointer) -> Bool {
        ["{\"path\": \"", "{\"frame\": "].contains { beginning in
            zip(beginning.utf8, bytes).allSatisfy { $0 == $1 }
        }
    }

    private static func skip(_ literal: StaticString, _ rest: inout Slice<UnsafeRawBufferPointer>) -> Bool {
        let bytes = UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
        guard rest.starts(with: bytes) else { return false }
        rest.removeFirst(bytes.count)
        return true
    }
}
