import Platform
import Synchronization

/// The records in a file of JSON lines that `--resume` continues.
///
/// An answer remains valid until its image changes. The lines of changed images and of failures are replaced when the
/// images come again: new lines are appended as they come, and ``replaceOldLines()`` puts them into the old ones'
/// places.
final class ResumedRecords<Value: JSONRecordValue>: KnownImages {
    private struct State {
        var identities = PathIdentities()
        /// The standing lines by the keys of their paths.
        var standing: [Int: Standing] = [:]
        var replaced: [Int: Replaced] = [:]
        var reader: LineReader
    }

    /// The lines of an image that no newer line has replaced.
    private struct Standing {
        var version: FileVersion?
        var isFailure: Bool
        /// The number of lines not taken yet: an image may be named more than once.
        var count = 1
    }

    /// Lines that newer ones replace, if any.
    private struct Replaced {
        /// The offset of the new lines.
        let offset: Int
        /// The image's present version: older answers for this version stand, too.
        let version: FileVersion?

        func keeps(_ line: Line) -> Bool {
            if line.offset >= offset { return true }
            guard let version, !line.record.isFailure else { return false }
            return line.record.version == version
        }
    }

    /// A line whose image can be found again by its path.
    private struct Line {
        let record: ImageRecord<Value>
        let offset: Int
        let count: Int
    }

    private let file: GrowingFile
    /// Bytes up to the end of the last whole line. A kill or a crash left the rest.
    let length: Int
    private let state: Mutex<State>

    /// Reads the file to its end.
    ///
    /// - Parameter origin: the origin of this run's lines.
    /// - Throws: ``CommandError`` if the file cannot be read, or holds anything but lines of that origin, of which the
    ///   last may be torn.
    init(_ file: GrowingFile, origin: RecordOrigin) throws(CommandError) {
        self.file = file
        var reader = LineReader(file.descriptor)
        var state = State(reader: reader)
        var length = 0
        var number = 0
        while let read = try file.nextLine(&reader) {
            number += 1
            let line: RecordLine<Value>
            do throws(JSONMismatch) {
                line = try RecordLine(read.bytes)
            } catch {
                guard read.end == .torn, error == .cutOff else { throw Self.foreign(file.path, number) }
                break
            }
            guard line.origin == origin else { throw Self.mixed(file.path, number, line.origin, origin) }
            length = read.endOffset
            if line.record.name.isPath { Self.add(line.record, at: read.offset, to: &state) }
        }
        self.length = length
        state.reader = LineReader(file.descriptor, upTo: length)
        self.state = Mutex(state)
    }

    private static func add(_ record: ImageRecord<Value>, at offset: Int, to state: inout State) {
        let key = state.identities.key(of: record.name.path)
        let new = Standing(version: record.version, isFailure: record.isFailure)
        guard let old = state.standing[key] else {
            state.standing[key] = new
            return
        }
        // An earlier run computed the image again, and was killed before it replaced the line.
        if old.isFailure && !new.isFailure || old.version.differs(from: new.version) {
            state.replaced[key] = Replaced(offset: offset, version: new.version)
            state.standing[key] = new
        } else if old.isFailure == new.isFailure {
            state.standing[key]!.count += 1
        }
    }

    // MARK: - Images that need not be computed

    func take(_ input: ImageInput) -> KnownImage<Value>? {
        guard input.isIdentifiedByPath else { return nil }
        // An answer whose photo is inaccessible for now remains valid.
        let version = FileStatus(input.name.path)?.version
        return state.withLock { state in
            let key = state.identities.key(of: input.name.path)
            guard let standing = state.standing[key] else { return nil }
            guard !standing.isFailure, !standing.version.differs(from: version) else {
                state.standing[key] = nil
                state.replaced[key] = Replaced(offset: length, version: version)
                return nil
            }
            state.standing[key] =
                standing.count > 1
                ? Standing(version: standing.version, isFailure: false, count: standing.count - 1) : nil
            return .recorded
        }
    }

    // MARK: - The file's final content

    /// Puts new lines into the places of those that they replace. A file without any stays unchanged.
    ///
    /// - Throws: ``CommandError``; the file then holds old and new lines, which the next `--resume` handles.
    func replaceOldLines() throws(CommandError) {
        var replaced = state.withLock { $0.replaced }
        guard !replaced.isEmpty else { return }
        // The lines that stay of each of these images, in order.
        var kept: [Int: [Line]] = [:]
        var renewed: Set<Int> = []
        try eachLine { line, key throws(CommandError) in
            guard let key, let change = replaced[key], change.keeps(line) else { return }
            kept[key, default: []].append(line)
            if line.offset >= change.offset { renewed.insert(key) }
        }
        replaced = replaced.filter { renewed.contains($0.key) }
        guard !replaced.isEmpty else { return }
        try file.rewrite { copy throws(CommandError) in
            try eachLine { line, key throws(CommandError) in
                guard let key, replaced[key] != nil else { return try copy(line.offset, line.count) }
                guard kept[key]?.isEmpty == false, let next = kept[key]?.removeFirst() else { return }
                try copy(next.offset, next.count)
            }
        }
    }

    /// Calls `body` with all lines, including new ones, and the key of those that have one.
    private func eachLine(_ body: (Line, Int?) throws(CommandError) -> Void) throws(CommandError) {
        var identities = state.withLock { $0.identities }
        var reader = LineReader(file.descriptor)
        while let read = try file.nextLine(&reader) {
            guard let record = try? RecordLine<Value>(read.bytes).record else { continue }
            let line = Line(record: record, offset: read.offset, count: read.bytes.count)
            try body(line, record.name.isPath ? identities.key(of: record.name.path) : nil)
        }
    }

    // MARK: - Records for other outputs of the run

    func nextRecord(_ part: EarlierRecords) throws(CommandError) -> ImageRecord<Value>? {
        try state.withLock { state throws(CommandError) in
            while let read = try file.nextLine(&state.reader) {
                guard var record = try? RecordLine<Value>(read.bytes).record else { continue }
                record.isEarlier = true
                let isDoubtful = record.isFailure || record.version.differs(from: FileStatus(record.name.path)?.version)
                switch part {
                case .standing: if !isDoubtful { return record }
                case .leftOver:
                    if isDoubtful, state.replaced[state.identities.key(of: record.name.path)] == nil { return record }
                }
            }
            state.reader = LineReader(file.descriptor, upTo: length)
            return nil
        }
    }

    // MARK: - Refusals

    private static func foreign(_ path: FilePath, _ number: Int) -> CommandError {
        .fatal("\(path.line): line \(number) is not a result of this program; name another file")
    }

    private static func mixed(
        _ path: FilePath, _ number: Int, _ found: RecordOrigin, _ origin: RecordOrigin
    ) -> CommandError {
        .fatal(
            "\(path.line): line \(number) comes from another run (model \(found.model.printable), "
                + "\(found.settings.printable)) "
                + "than this one (model \(origin.model), \(origin.settings)); repeat that run's options, or name "
                + "another file"
        )
    }
}

extension FileVersion? {
    /// Returns true if both are known and differ.
    fileprivate func differs(from other: FileVersion?) -> Bool {
        self != nil && other != nil && self != other
    }
}
