import Images
import Platform

/// Distinguishes this program's own outputs from a user's files.
///
/// A file is an output if all of it has a form that the program writes; each kind of output recognises its own. Text
/// output is never recognised, because a table of labels has no mark of its origin.
enum EarlierOutput {
    private static var kinds: [any RecognizableOutput.Type] {
        [
            JSONLinesFormat<Classification>.self, JSONFormat<Classification>.self, CSVFormat<Classification>.self,
            ClassificationPage.self, JSONLinesFormat<Embedding>.self, CSVFormat<Embedding>.self, NPYOutput.self,
            HeadOutput.self, EvaluationOutput.self,
        ]
    }

    /// Returns true if the file is empty or, from its beginning to its end, an output of this program.
    ///
    /// - Returns: false also if the file cannot be read.
    static func mayReplace(_ file: FilePath) -> Bool {
        read(file) { descriptor in
            guard FileStatus(descriptor: descriptor)?.size != 0 else { return true }
            return kinds.contains { (try? $0.wrote(file, descriptor)) == true }
        } ?? false
    }

    /// Returns true if the file begins with a line of JSON in this program's form.
    static func beginsWithRecord(_ file: FilePath) -> Bool {
        read(file) { descriptor in
            var lines = LineReader(descriptor)
            guard let line = try? lines.next() else { return false }
            return (try? RecordLine<Classification>(line.bytes)) != nil || (try? RecordLine<Embedding>(line.bytes)) != nil
        } ?? false
    }

    /// Returns the kind of picture in the file, such as "a GIF image"; nil if it is not a picture.
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
    /// - Returns: nil if it is not a regular file, or cannot be read.
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

/// A kind of output that the program recognises.
protocol RecognizableOutput {
    /// Returns true if a file is, to its last byte, an output of this kind.
    static func wrote(_ file: FilePath, _ descriptor: Int32) throws(SystemError) -> Bool
}
