import ModelFiles
import Platform
import Synchronization

/// The file of a head that is trained: opened before the photos are read, so that what stands in its way shows at
/// once, and put into place when the head is there.
final class HeadFile: Sendable {
    private let path: FilePath
    private let force: Bool
    private let destination = Mutex<OutputDestination?>(nil)

    init(_ path: FilePath, force: Bool) {
        self.path = path
        self.force = force
    }

    /// An output of a run that opens the file, and hands the records on.
    func reserving<Value>(_ records: CollectedRecords<Value>) -> RunOutput<Value> {
        RunOutput(files: [OutputFile(path: path, isForced: force)]) { [self] () throws(CommandError) in
            try destination.withLock { destination throws(CommandError) in
                destination = try OutputDestination(replacing: path)
            }
            return records
        }
    }

    func write(_ file: SafetensorsWriter) throws(CommandError) {
        guard let destination = destination.withLock({ $0.take() }) else { preconditionFailure("the run opened the file") }
        do throws(CommandError) {
            try destination.write(file.serialized())
            _ = try destination.finish(isComplete: true)
        } catch {
            destination.abandon()
            throw error
        }
    }

    /// Leaves what was there before.
    func abandon() {
        destination.withLock { $0.take() }?.abandon()
    }
}
