import Dispatch
import ModelFiles
import Platform
import Synchronization

/// Scans model files for NaN and infinity while other work runs.
///
/// ReLU turns minus infinity into zero, so bad weights may not show in the output. The scan takes a few milliseconds;
/// it overlaps decoding the first image and pre-faults the pages that the kernels will read.
final class WeightsCheck: Sendable {
    private let done = DispatchGroup()
    private let error = Mutex<ModelFileError?>(nil)

    init(_ files: [SafetensorsFile]) {
        done.enter()
        let hasThread = inBackground { [self] in check(files) }
        if !hasThread { check(files) }
    }

    private func check(_ files: [SafetensorsFile]) {
        defer { done.leave() }
        do throws(ModelFileError) {
            for file in files { try file.checkFinite() }
        } catch {
            self.error.withLock { $0 = error }
        }
    }

    /// Waits for the end of the check.
    ///
    /// - Throws: ``ModelFileError/corrupt(path:reason:)`` if a value is not finite.
    func wait() throws(ModelFileError) {
        done.wait()
        if let error = error.withLock({ $0 }) { throw error }
    }
}
