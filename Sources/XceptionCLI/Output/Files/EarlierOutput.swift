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
            PageFile.self, JSONLinesFormat<Embedding>.self, CSVFormat<Embedding>.self, NPYFile.self, HeadOutput.self,
            EvaluationOutput.self, MarkedPicture.self,
        ]
    }

    /// Returns true if the file is empty or, from its beginning to its end, an output of this program.
    ///
    /// - Returns: false also if the file cannot be read.
    static func mayReplace(_ file: FilePath) -> Bool {
        withRegularFile(file) { descriptor in
            guard FileStatus(descriptor: descriptor)?.size != 0 else { return true }
            return kinds.contains { (try? $0.wrote(file, descriptor)) == true }
        } ?? false
    }

    /// Returns true if the file begins with a line of JSON in this program's form.
    static func beginsWithRecord(_ file: FilePath) -> Bool {
        withRegularFile(file) { descriptor in
            var lines = LineReader(descriptor)
            guard let line = try? lines.next() else { return false }
            return (try? RecordLine<Classification>(line.bytes)) != nil || (try? RecordLine<Embedding>(line.bytes)) != nil
        } ?? false
    }

    /// Returns the kind of picture in the file, such as "a GIF image"; nil if it is not a picture.
    static func picture(_ file: FilePath) -> String? {
        withRegularFile(file) { descriptor in
            let start = (try? readBytes(descriptor, at: 0, count: ImageFormat.sniffedBytes)) ?? []
            switch start.withUnsafeBytes({ ImageFormat($0) }) {
            case .other(let format): return format.isImage ? format.name : nil
            default: return "an image"
            }
        } ?? nil
    }
}
