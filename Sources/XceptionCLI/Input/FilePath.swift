#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A path as the system has it: bytes, of any encoding.
///
/// Command line arguments pass through Swift strings, which are always Unicode. Bytes that are
/// not UTF-8 travel there as private-use characters, U+10FF00 plus the byte.
struct FilePath: Hashable {
    let bytes: [UInt8]

    private static let escape: UInt32 = 0x10FF00

    init(bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    /// - Parameter argument: of ``arguments()``.
    init(argument: String) {
        var bytes: [UInt8] = []
        for scalar in argument.unicodeScalars {
            if scalar.value >= Self.escape + 0x80, scalar.value <= Self.escape + 0xFF {
                bytes.append(UInt8(scalar.value - Self.escape))
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar)!)
            }
        }
        self.bytes = bytes
    }

    /// The path as text; bytes that are not UTF-8 become U+FFFD.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The path on one line of a terminal: control characters become U+FFFD.
    var line: String {
        String(String.UnicodeScalarView(text.unicodeScalars.map {
            $0.properties.generalCategory == .control ? "\u{FFFD}" : $0
        }))
    }

    func appending(_ component: [UInt8]) -> FilePath {
        FilePath(bytes: bytes.last == UInt8(ascii: "/") ? bytes + component : bytes + [UInt8(ascii: "/")] + component)
    }

    /// Whether both lead to one file, or will once it is made.
    func namesSameFile(as other: FilePath) -> Bool {
        if let status = FileStatus(self) { return status.identity == FileStatus(other)?.identity }
        let (name, otherName) = (bytes.split(separator: UInt8(ascii: "/")).last, other.bytes.split(separator: UInt8(ascii: "/")).last)
        guard name == otherName, let directory = FileStatus(parent), let otherDirectory = FileStatus(other.parent) else { return false }
        return directory.identity == otherDirectory.identity
    }

    /// The directory that the path's last component is in.
    var parent: FilePath {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return FilePath(argument: ".") }
        return FilePath(bytes: bytes[...slash])
    }

    /// Calls `body` with the path as a C string.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (bytes + [0]).withUnsafeBytes { body($0.bindMemory(to: CChar.self).baseAddress!) }
    }

    /// The program's arguments, escaped.
    static func arguments() -> [String] {
        (1..<max(1, Int(CommandLine.argc))).map { index in
            let argument = CommandLine.unsafeArgv[index]!
            let bytes = UnsafeBufferPointer(start: argument, count: strlen(argument)).map(UInt8.init(bitPattern:))
            return escaped(bytes)
        }
    }

    private static func escaped(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var text = String.UnicodeScalarView()
        var decoder = UTF8()
        var position = 0
        while position < bytes.count {
            var rest = bytes[position...].makeIterator()
            switch decoder.decode(&rest) {
            case .scalarValue(let scalar):
                text.append(scalar)
                position += UTF8.width(scalar)
            default:
                text.append(Unicode.Scalar(escape + UInt32(bytes[position]))!)
                position += 1
            }
            decoder = UTF8()
        }
        return String(text)
    }
}
