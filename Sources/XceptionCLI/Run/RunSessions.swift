import Synchronization
import Xception

/// Lends the network to the threads of a run: to each a session of one thread, and one of all
/// threads to an image that comes alone.
final class RunSessions: Sendable {
    private struct SharedSession: @unchecked Sendable {
        let session: InferenceSession
    }

    private let classifier: Classifier
    let threads: Int
    /// All threads on one image. Taken out while it is in use.
    private let shared = Mutex<SharedSession?>(nil)

    init(_ classifier: Classifier, threads: Int) {
        self.classifier = classifier
        self.threads = threads
    }

    /// - Parameters:
    ///   - alone: whether no other image is in flight.
    ///   - own: the calling thread's session, made when it is first needed.
    func withSession<Value, Failure>(
        alone: Bool, own: inout InferenceSession?, _ body: (InferenceSession) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard alone else {
            let session = own ?? classifier.makeSession(threads: 1)
            own = session
            return try body(session)
        }
        let session = shared.withLock { $0.take() } ?? SharedSession(session: classifier.makeSession(threads: threads))
        defer { shared.withLock { $0 = session } }
        return try body(session.session)
    }
}
