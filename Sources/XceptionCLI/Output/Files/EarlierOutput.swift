import Images
import Platform

/// Distinguishes this program's own outputs from a user's files.
///
/// A file is an output if all of it is as the program writes it: each kind of output knows its own. Text output is
/// never recognised: nothing in a table of labels says where it comes from.
enum EarlierOutput {
    private static var kinds: [any RecognizableOutput.Type] {
        [
            JSONLinesFormat<Classification>.self, JSONFormat<Classification>.self, CSVFormat<Classification>.self,
            ClassificationPage.self, JSONLinesFormat<Embedding>.self, CSVFormat<Embedding>.self, NPYOutput.self,
            HeadOutput.self, EvaluationOutput.self,
        ]
    }

    /// Whether the file is empty or, from its beginning to its end, an output of this program.
    ///
    /// - Returns: false also if the file cannot be read.
    static func mayReplace(_ file: FilePath) -> Bool {
        read(file) { descriptor in
            guard FileStatus(descriptor: descriptor)?.size != 0 else { return true }
            return kinds.contains { (try? $0.wrote(file, descriptor)) == true }
        } ?? false
    }

    /// Whether the file begins with a line of JSON as this program writes it.
    static func beginsWithRecord(_ file: FilePath) -> Bool {
        read(file) { descriptor in
            var lines = LineReader(descriptor)
            guard let line = try? lines.next() else { return false }
            return (try? RecordLine<Classification>(line.bytes)) != nil || (try? RecordLine<Embedding>(line.bytes)) != nil
        } ?? false
    }

    /// The kind of picture that the file is, such as "a GIF image", if it is one.
    static func picture(_ file: FilePath) -> String? {
        read(file) { descriptor in
            let start = (try? readBytes(descriptor, at: 0, count: ImageFormat.sniffedBytes)) ?? []
            switch start.withUnsafeBytes({ ImageFormat($0) }) {
            case .other(let format): return format.isImage ? format.name : nil
            default: return "an image"
            }
        } ?? nil
    }

    /// Calls `body` with a descriptor of the file.
    ///
    /// - Returns: nil if it is no regular file, or cannot be read.
    static func read<Result, Failure>(
        _ file: FilePath, _ body: (Int32) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        let descriptor = file.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard FileStatus(descriptor: descriptor)?.isRegular == true else { return nil }
        return try body(descriptor)
    }
}

/// A kind of output that is known again.
protocol RecognizableOutput {
    /// Whether a file is, to its last byte, an output of this kind.
    static func wrote(_ file: FilePath, _ descriptor: Int32) throws(SystemError) -> Bool
}
