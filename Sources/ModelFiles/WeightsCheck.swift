import Dispatch
import Platform
import Synchronization

/// Looks for NaN and infinity in model files beside other work.
///
/// ReLU makes zero of minus infinity, so that wrong weights need not show in what comes out. To
/// read all of them takes some milliseconds, which decoding a first image leaves to another
/// processor; pages that were read here are there when the kernels come for them.
package final class WeightsCheck: Sendable {
    private let done = DispatchGroup()
    private let error = Mutex<ModelFileError?>(nil)

    package init(_ files: [SafetensorsFile]) {
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
    package func wait() throws(ModelFileError) {
        done.wait()
        if let error = error.withLock({ $0 }) { throw error }
    }
}
