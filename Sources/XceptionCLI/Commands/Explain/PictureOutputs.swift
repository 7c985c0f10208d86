import Images
import Platform

/// Writes the picture of the only photo.
final class PictureFile: RecordSink {
    private let destination: OutputDestination
    private var hasPicture = false

    init(_ destination: OutputDestination) {
        self.destination = destination
    }

    func write(_ record: ImageRecord<ExplainedPhoto>) throws(CommandError) {
        guard let picture = record.pictureFile else { return }
        try destination.write(picture)
        hasPicture = true
    }

    func finish(_ summary: RunSummary) throws(CommandError) -> String? {
        guard hasPicture else {
            destination.abandon()
            return nil
        }
        return try destination.finish(isComplete: summary.isComplete)
    }

    func abandon() {
        destination.abandon()
    }
}

/// Writes a picture per photo into a directory, as records come: `NAME.png`, or `NAME-2.png` if two photos have
/// the same name.
final class PictureFolder: RecordSink {
    private let folder: FilePath
    private let ending: String
    private let check: OverwriteCheck
    private let isForced: Bool
    private var names: Set<[UInt8]> = []

    /// - Parameters:
    ///   - folder: created if it does not exist.
    ///   - ending: of the files' names, without the dot.
    ///   - check: keeps pictures from replacing other files than the program's own.
    /// - Throws: ``CommandError`` if the directory cannot be created.
    init(_ folder: FilePath, ending: String, check: OverwriteCheck, isForced: Bool) throws(CommandError) {
        self.folder = folder
        self.ending = ending
        self.check = check
        self.isForced = isForced
        guard folder.withCString({ mkdir($0, 0o777) }) == 0 || FileStatus(folder)?.isDirectory == true else {
            throw .fatal("\(folder.line): cannot be created: \(String(cString: strerror(errno)))")
        }
    }

    func write(_ record: ImageRecord<ExplainedPhoto>) throws(CommandError) {
        guard let picture = record.pictureFile else { return }
        let file = folder.appending(name(for: record.name))
        if !EarlierOutput.mayReplace(file), EarlierOutput.picture(file) != nil {
            throw .fatal("\(file.line): exists and was not written by explain; name another directory")
        }
        try check.check([OutputFile(path: file, isForced: isForced)])
        let destination = try OutputDestination(replacing: file)
        do throws(CommandError) {
            try destination.write(picture)
            _ = try destination.finish(isComplete: true)
        } catch {
            destination.abandon()
            throw error
        }
    }

    private func name(for photo: ImageName) -> [UInt8] {
        let whole = Array(photo.path.lastComponent)
        let dot = whole.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 > 0 ? $0 : nil }
        let stem = photo.isPath ? Array(whole[..<(dot ?? whole.count)]) : Array(photo.line.utf8)
        var (name, number) = (stem, 1)
        while !names.insert(name).inserted {
            number += 1
            name = stem + Array("-\(number)".utf8)
        }
        return name + Array(".\(ending)".utf8)
    }

    func finish(_ summary: RunSummary) -> String? { nil }
}

extension ImageRecord<ExplainedPhoto> {
    fileprivate var pictureFile: [UInt8]? {
        guard case .success(let result) = outcome, case .file(let bytes) = result.value.picture else { return nil }
        return bytes
    }
}
