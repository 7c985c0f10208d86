/// How a line of JSON that this program wrote begins.
struct JSONLine {
    let path: String
    let isFailure: Bool

    /// Nil if the bytes begin with something else.
    init?(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        func skip(_ literal: StaticString) -> Bool {
            while let first = rest.first, first == UInt8(ascii: " ") { rest.removeFirst() }
            let bytes = UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
            guard rest.starts(with: bytes) else { return false }
            rest.removeFirst(bytes.count)
            return true
        }
        guard skip("{"), skip("\"path\""), skip(":"), skip("\""), let path = JSONText.unescaped(&rest), skip(",") else { return nil }
        self.path = path
        isFailure = skip("\"error\"")
        guard isFailure || skip("\"width\"") else { return nil }
    }
}
