import Platform

/// Tells this program's own outputs from a user's files by how they begin.
///
/// Text output is not among them: nothing in a table of labels says where it comes from.
enum EarlierOutput {
    private static let beginnings = [
        "{\"schema\": \"xception.", ([CSVText.firstColumns] + Classification.csvColumns(top: 1)).joined(separator: ","),
        HTMLReport.beginning,
    ].map { Array($0.utf8) }

    /// More than a line of a thousand predictions takes.
    private static let sniffedBytes = 1 << 20

    /// Whether the file is empty or begins as an output of this program does.
    ///
    /// - Returns: false also if the file cannot be read.
    static func mayReplace(_ file: FilePath) -> Bool {
        guard let stream = file.withCString({ fopen($0, "re") }) else { return false }
        defer { fclose(stream) }
        var start = [UInt8](repeating: 0, count: sniffedBytes)
        let count = fread(&start, 1, start.count, stream)
        guard count > 0 else { return ferror(stream) == 0 }
        return start[..<count].withUnsafeBytes { bytes in
            beginnings.contains { bytes.starts(with: $0) } || beginsWithLine(bytes)
        }
    }

    /// Whether the first line is one of this program's lines of JSON, or what a kill or a full disk left of one.
    private static func beginsWithLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let end = bytes.firstIndex(of: UInt8(ascii: "\n"))
        do throws(JSONMismatch) {
            _ = try JSONLine(bytes)
        } catch {
            return end == nil && error == .cutOff
        }
        guard let end else { return true }
        return RecordOrigin(endOf: bytes[...end]) != nil
    }
}
