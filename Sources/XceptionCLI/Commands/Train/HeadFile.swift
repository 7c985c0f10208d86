import ModelFiles
import Platform
import Synchronization

/// The file of a trained head. It is opened before the photos are read, so that obstacles show at once, and put into
/// place when the head is complete.
final class HeadFile: Sendable {
    private let path: FilePath
    private let force: Bool
    private let destination = Mutex<OutputDestination?>(nil)

    init(_ path: FilePath, force: Bool) {
        self.path = path
        self.force = force
    }

    /// Returns an output that opens the file when the run begins, and passes the records on.
    func reserving<Value>(_ records: CollectedRecords<Value>) -> RunOutput<Value> {
        RunOutput(files: [OutputFile(path: path, isForced: force)]) { [self] () throws(CommandError) in
            try destination.withLock { destination throws(CommandError) in
                destination = try OutputDestination(replacing: path)
            }
            return records
        }
    }

    func write(_ file: SafetensorsWriter) throws(CommandError) {
        guard let destination = destination.withLock({ $0.take() }) else {
            preconditionFailure("the run opened the file")
        }
        do throws(CommandError) {
            try destination.write(file.serialized())
            _ = try destination.finish(isComplete: true)
        } catch {
            destination.abandon()
            throw error
        }
    }

    /// Keeps the file that was there before.
    func abandon() {
        destination.withLock { $0.take() }?.abandon()
    }
}
