import Dispatch
import Synchronization

/// Sessions for images that come from several threads at once.
///
/// An image that comes alone gets all threads. While it runs, further ones get a thread each, and
/// wait when as many images as threads are running: so a processor is never shared for long.
final class SessionPool: Sendable {
    private struct Sessions {
        var running = 0
        /// Of all threads. Taken out while it is in use.
        var whole: InferenceSession?
        /// Of one thread each.
        var single: [InferenceSession] = []
    }

    private let model: Model
    private let threads: Int
    private let sessions = Mutex(Sessions())
    private let places: DispatchSemaphore

    /// - Parameter threads: how many compute at once.
    init(_ model: Model, threads: Int) {
        self.model = model
        self.threads = threads
        places = DispatchSemaphore(value: threads)
    }

    func withSession<Result>(
        _ body: (InferenceSession) throws(InferenceError) -> Result
    ) throws(InferenceError) -> Result {
        places.wait()
        defer { places.signal() }
        let (isAlone, idle) = sessions.withLock { sessions in
            sessions.running += 1
            let isAlone = sessions.running == 1
            return (isAlone, isAlone ? sessions.whole.take() : sessions.single.popLast())
        }
        let session = idle ?? InferenceSession(model, threads: isAlone ? threads : 1)
        defer {
            sessions.withLock { sessions in
                sessions.running -= 1
                if isAlone { sessions.whole = session } else { sessions.single.append(session) }
            }
        }
        return try body(session)
    }
}
