import Platform

/// What a file of JSON lines already holds, so that `--resume` can leave it out.
///
/// Paths are remembered by a 64-bit hash, 16 bytes each: among a million the chance that any
/// two collide is 3 in 100 million.
struct ResumedRecords<Value: Sendable>: KnownImages {
    private struct Count {
        var all: UInt32 = 0
        var failures: UInt32 = 0
    }

    private var counts: [Int: Count] = [:]
    /// Bytes up to the end of the last whole line. What follows was torn by a kill or a crash.
    private(set) var length = 0

    /// Reads the file from its beginning.
    ///
    /// - Parameter origin: what this run's lines will say of themselves.
    /// - Throws: ``CommandError`` if the file holds anything but lines of that origin, the last of
    ///   which may be torn.
    init(_ file: GrowingFile, origin: RecordOrigin) throws(CommandError) {
        let reader = dup(file.descriptor)
        guard reader >= 0, let stream = fdopen(reader, "r") else {
            throw .fatal("\(file.path.line): \(ImageFailure(systemError: errno).message)")
        }
        defer { fclose(stream) }
        rewind(stream)
        let lineEnd = Array(origin.lineEnd.utf8)
        var buffer: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(buffer) }
        var number = 0
        while true {
            let count = getline(&buffer, &capacity, stream)
            guard count > 0, let buffer else { break }
            let line = UnsafeRawBufferPointer(start: buffer, count: count)
            number += 1
            let isTorn = line.last != UInt8(ascii: "\n")
            let begun: JSONLine
            do throws(JSONMismatch) {
                begun = try JSONLine(line)
            } catch {
                guard isTorn, error == .cutOff else { throw Self.foreign(file.path, number) }
                break
            }
            guard !isTorn else { break }
            guard line.suffix(lineEnd.count).elementsEqual(lineEnd) else { throw Self.mixed(file.path, number, line, origin) }
            let key = Array(begun.path.utf8).hashValue
            counts[key, default: Count()].all += 1
            if begun.isFailure { counts[key]!.failures += 1 }
            length += count
        }
        guard ferror(stream) == 0 else { throw .fatal("\(file.path.line): \(ImageFailure(systemError: errno).message)") }
    }

    /// Looks an image up by its path; each line counts once.
    mutating func take(_ input: ImageInput) -> KnownImage<Value>? {
        guard !counts.isEmpty, input.hasOwnName else { return nil }
        let key = Array(input.name.path.text.utf8).hashValue
        guard var count = counts[key] else { return nil }
        let isFailure = count.failures > 0
        count.all -= 1
        if isFailure { count.failures -= 1 }
        counts[key] = count.all == 0 ? nil : count
        return .recorded(isFailure: isFailure)
    }

    private static func foreign(_ path: FilePath, _ number: Int) -> CommandError {
        .fatal("\(path.line): line \(number) is not a result of this program; name another file, or leave out --resume")
    }

    private static func mixed(
        _ path: FilePath, _ number: Int, _ line: UnsafeRawBufferPointer, _ origin: RecordOrigin
    ) -> CommandError {
        let found = RecordOrigin(endOf: line).map { "model \($0.model), \($0.settings)" } ?? "an unknown model"
        return .fatal(
            "\(path.line): line \(number) comes from another run (\(found)) than this one "
                + "(model \(origin.model), \(origin.settings)); name another file, or leave out --resume")
    }
}
