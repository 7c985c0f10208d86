import Platform
@testable import XceptionCLI

/// Reads a list of paths in both forms. Every byte but separators comes out again, in order.
func readPathList(_ bytes: UnsafeRawBufferPointer) {
    for isNULSeparated in [false, true] {
        withFile(bytes) { descriptor in
            let source = ListSource(
                name: FilePath(argument: "list"), descriptor: descriptor, isNULSeparated: isNULSeparated,
                cancellation: Cancellation())
            var found: [UInt8] = []
            while let entry = try? source.next() {
                guard case .image(let input) = entry else { continue }
                found += input.name.path.bytes
            }
            let separators: [UInt8] = isNULSeparated ? [0] : [UInt8(ascii: "\n"), UInt8(ascii: "\r")]
            func kept(_ byte: UInt8) -> Bool { !separators.contains(byte) }
            precondition(found.filter(kept) == bytes.filter(kept), "a path of the list was changed or lost")
        }
    }
}

/// Reads lines as `--resume` does.
func readRecords(_ bytes: UnsafeRawBufferPointer) {
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
        guard let record = try? RecordLine<Classification>(line + [UInt8(ascii: "\n")]) else { continue }
        // What is read and written again is read as the same.
        precondition((try? RecordLine<Classification>(Array(record.text.utf8)))?.text == record.text)
    }
}
