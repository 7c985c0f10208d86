import Platform

/// Tells this program's own outputs from a user's files by how they begin.
///
/// Text output is not among them: nothing in a table of labels says where it comes from.
enum EarlierOutput {
    private static let beginnings = ["{\"schema\": \"xception.", CSVText.firstColumns + ",", HTMLReport.beginning]
        .map { Array($0.utf8) }

    /// The longest path and what follows it in a line of JSON.
    private static let sniffedBytes = 1 << 15

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
            beginnings.contains { bytes.starts(with: $0) } || JSONLine(bytes) != nil
                || !bytes.contains(UInt8(ascii: "\n")) && JSONLine.mayBegin(bytes)
        }
    }
}
