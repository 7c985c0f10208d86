import Platform

/// Writes features as a NumPy array, `[images x width]` of float32 in C order, and the images' paths beside it.
///
/// The format is that of NumPy Enhancement Proposal 1: a text header with the number of rows, then the rows.
final class NPYOutput: RecordSink {
    private let array: OutputDestination
    private let paths: OutputDestination
    private let width: Int
    private var rows = 0

    private init(_ file: FilePath, width: Int) throws(CommandError) {
        self.width = width
        array = try OutputDestination(replacing: file)
        paths = try OutputDestination(replacing: NPYFile.pathsFile(of: file))
        try array.write(NPYHeader(rows: 0, width: width).bytes)
    }

    static func output(_ file: FilePath, width: Int, force: Bool) -> RunOutput<Embedding> {
        let files = [file, NPYFile.pathsFile(of: file)].map { OutputFile(path: $0, isForced: force) }
        return RunOutput(files: files) { () throws(CommandError) in try NPYOutput(file, width: width) }
    }

    func write(_ record: ImageRecord<Embedding>) throws(CommandError) {
        guard case .success(let result) = record.outcome else { return }
        try array.write(result.value.features.flatMap { feature in
            withUnsafeBytes(of: feature.bitPattern.littleEndian) { Array($0) }
        })
        // A line end in a path would start a row of its own.
        let path = record.name.path.bytes.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: "?") : $0 }
        try paths.write(path + [UInt8(ascii: "\n")])
        rows += 1
    }

    func finish(_ summary: RunSummary) throws(CommandError) -> String? {
        try array.overwriteBeginning(NPYHeader(rows: rows, width: width).bytes)
        let notes = [try array.finish(isComplete: summary.isComplete), try paths.finish(isComplete: summary.isComplete)]
        let found = notes.compactMap(\.self)
        return found.isEmpty ? nil : found.joined(separator: "\n")
    }

    func abandon() {
        array.abandon()
        paths.abandon()
    }
}
