/// A path as the system stores it: bytes, in any encoding.
///
/// Command line arguments pass through Swift strings, which are always Unicode. Bytes that are not UTF-8 are
/// represented there by private-use characters, U+10FF00 plus the byte.
package struct FilePath: Hashable, Sendable {
    package let bytes: [UInt8]

    private static let escape: UInt32 = 0x10FF00
    private static let escaped = escape + 0x80...escape + 0xFF

    package init(bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    package init(_ text: String) {
        bytes = Array(text.utf8)
    }

    package init(cString: UnsafePointer<CChar>) {
        bytes = UnsafeBufferPointer(start: cString, count: strlen(cString)).map(UInt8.init(bitPattern:))
    }

    /// Makes a path of an argument.
    ///
    /// - Parameter argument: one of ``arguments()``.
    package init(argument: String) {
        var bytes: [UInt8] = []
        for scalar in argument.unicodeScalars {
            if Self.escaped.contains(scalar.value) {
                bytes.append(UInt8(scalar.value - Self.escape))
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar)!)
            }
        }
        self.bytes = bytes
    }

    /// The path as text; bytes that are not UTF-8 become U+FFFD.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The path as text from which `init(argument:)` restores it.
    package var argument: String { Self.escaped(bytes) }

    /// The path as printed on one line of a terminal: control characters become U+FFFD.
    package var line: String { text.printable }

    package func appending(_ component: [UInt8]) -> FilePath {
        FilePath(bytes: bytes.last == UInt8(ascii: "/") ? bytes + component : bytes + [UInt8(ascii: "/")] + component)
    }

    package func appending(_ component: String) -> FilePath { appending(Array(component.utf8)) }

    /// The directory that contains the path's last component.
    package var parent: FilePath {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return FilePath(".") }
        return FilePath(bytes: bytes[..<max(slash, 1)])
    }

    /// Calls `body` with the path as a C string.
    package func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (bytes + [0]).withUnsafeBytes { body($0.bindMemory(to: CChar.self).baseAddress!) }
    }

    /// The program's arguments, escaped.
    package static func arguments() -> [String] {
        (1..<max(1, Int(CommandLine.argc))).map { index in
            escaped(FilePath(cString: CommandLine.unsafeArgv[index]!).bytes)
        }
    }

    /// Returns text that `init(argument:)` turns back into `bytes`, for any bytes: a private-use character in the name
    /// itself is escaped as well.
    private static func escaped(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self),
            !text.unicodeScalars.contains(where: { escaped.contains($0.value) })
        {
            return text
        }
        var text = String.UnicodeScalarView()
        var decoder = UTF8()
        var position = 0
        while position < bytes.count {
            var rest = bytes[position...].makeIterator()
            if case .scalarValue(let scalar) = decoder.decode(&rest), !escaped.contains(scalar.value) {
                text.append(scalar)
                position += UTF8.width(scalar)
            } else {
                text.append(Unicode.Scalar(escape + UInt32(bytes[position]))!)
                position += 1
            }
            decoder = UTF8()
        }
        return String(text)
    }
}
