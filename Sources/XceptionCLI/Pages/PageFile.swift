import Platform

/// Recognises the pages of this program.
enum PageFile: RecognizableOutput {
    /// The first lines of every page.
    private static let beginning = """
        <!doctype html>
        <html lang="en">
        <meta name="generator" content="xception">
        """

    static func wrote(_ file: FilePath, _ descriptor: Int32) throws(SystemError) -> Bool {
        var lines = LineReader(descriptor)
        var expected = Array(beginning.utf8)[...]
        var last: [UInt8] = []
        while let line = try lines.next() {
            guard line.bytes.starts(with: expected.prefix(line.bytes.count)) else { return false }
            expected = expected.dropFirst(line.bytes.count)
            last = line.bytes
        }
        return expected.isEmpty && last.starts(with: "</html>".utf8)
    }
}
