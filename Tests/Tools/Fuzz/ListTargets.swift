import Platform
@testable import XceptionCLI

/// Reads a list of paths in both forms. Every byte but separators and the mark at the beginning comes out again, in order;
/// lists in UTF-16 and files that are no lists are rejected.
func readPathList(_ bytes: UnsafeRawBufferPointer) {
    for isNULSeparated in [false, true] {
        withFile(bytes) { descriptor in
            let source = ListSource(
                name: FilePath(argument: "list"), descriptor: descriptor, isNULSeparated: isNULSeparated,
                cancellation: Cancellation())
            var found: [UInt8] = []
            do {
                while let entry = try source.next() {
                    guard case .image(let input) = entry else { continue }
                    found += input.name.path.bytes
                }
            } catch {
                return
            }
            let paths = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
            let separators: [UInt8] = isNULSeparated ? [0] : [UInt8(ascii: "\n"), UInt8(ascii: "\r")]
            func kept(_ byte: UInt8) -> Bool { !separators.contains(byte) }
            precondition(found.filter(kept) == paths.filter(kept), "a path of the list was changed or lost")
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
