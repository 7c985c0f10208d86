import Synchronization
import Xception

/// Sessions of one thread each, lent to one caller at a time.
final class SessionPool: Sendable {
    private struct Lendable: @unchecked Sendable {
        let session: InferenceSession
    }

    private let free: Mutex<[Lendable]>

    init(_ classifier: Classifier, count: Int) {
        free = Mutex((0..<count).map { _ in Lendable(session: classifier.makeSession(threads: 1)) })
    }

    /// - Precondition: fewer than `count` callers have one.
    func withSession(_ body: (InferenceSession) -> Void) {
        let lent = free.withLock { $0.removeLast() }
        body(lent.session)
        free.withLock { $0.append(lent) }
    }
}
