import Platform

/// Writes records in another order than they arrive, when all are known.
///
/// The text of each record waits in a temporary file; memory holds its place there and its key, some 100 bytes per
/// record.
final class SortedOutput<Value: Sendable, Key>: RecordSink {
    private struct Waiting {
        let key: Key
        let offset: Int
        let count: Int
    }

    private let format: any RecordFormat<Value>
    private let destination: OutputDestination
    private let key: (ImageRecord<Value>) -> Key
    private let precedes: (Key, Key) -> Bool
    private var spool: UnsafeMutablePointer<FILE>?
    private var end = 0
    private var waiting: [Waiting] = []
    /// The record that comes first so far, which a format may write differently from the rest.
    private var first: (record: ImageRecord<Value>, index: Int)?

    /// Sorts records.
    ///
    /// - Parameters:
    ///   - key: returns a record's key.
    ///   - precedes: a strict order of keys; records with equal ones stay in the order of the input.
    init(
        _ format: any RecordFormat<Value>, to destination: OutputDestination,
        by key: @escaping (ImageRecord<Value>) -> Key,
        _ precedes: @escaping (Key, Key) -> Bool
    ) {
        self.format = format
        self.destination = destination
        self.key = key
        self.precedes = precedes
    }

    deinit {
        if let spool { fclose(spool) }
    }

    func write(_ record: ImageRecord<Value>) throws(CommandError) {
        if spool == nil { spool = tmpfile() }
        guard let spool else { throw failure() }
        let bytes = format.bytes(record, isFirst: false)
        guard fwrite(bytes, 1, bytes.count, spool) == bytes.count else { throw failure() }
        let key = key(record)
        if first.map({ precedes(key, waiting[$0.index].key) }) ?? true { first = (record, waiting.count) }
        waiting.append(Waiting(key: key, offset: end, count: bytes.count))
        end += bytes.count
    }

    func finish(_ summary: RunSummary) throws(CommandError) -> String? {
        try destination.write(format.header())
        if let first { try destination.write(format.bytes(first.record, isFirst: true)) }
        if let spool {
            guard fflush(spool) == 0 else { throw failure() }
            let order = waiting.indices.sorted { a, b in
                if precedes(waiting[a].key, waiting[b].key) { return true }
                return a < b && !precedes(waiting[b].key, waiting[a].key)
            }
            for index in order.dropFirst() { try destination.write(read(waiting[index], from: spool)) }
        }
        try destination.write(format.footer(summary))
        return try destination.finish(isComplete: summary.isComplete)
    }

    private func read(_ place: Waiting, from spool: UnsafeMutablePointer<FILE>) throws(CommandError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: place.count)
        var count = 0
        while count < place.count {
            let result = bytes.withUnsafeMutableBytes {
                pread(fileno(spool), $0.baseAddress! + count, place.count - count, off_t(place.offset + count))
            }
            guard result > 0 || result < 0 && errno == EINTR else { throw failure() }
            count += max(0, result)
        }
        return bytes
    }

    func abandon() {
        destination.abandon()
    }

    private func failure() -> CommandError {
        .fatal("the temporary file for --sort cannot be used: \(SystemError(number: errno).message)")
    }
}
