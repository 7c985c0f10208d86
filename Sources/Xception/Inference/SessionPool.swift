import Dispatch
import Synchronization

/// Sessions for images from several threads at once: single-threaded ones, and one of all threads for a lone image.
package final class SessionPool: Sendable {
    private struct Sessions {
        /// The session of all threads; nil while it is in use.
        var whole: InferenceSession?
        /// The free single-threaded sessions.
        var single: [InferenceSession] = []
        /// The number of images in progress in ``withSession(_:)``.
        var running = 0
    }

    private let extractor: FeatureExtractor
    package let threads: Int
    private let sessions = Mutex(Sessions())
    private let places: DispatchSemaphore

    /// Makes an empty pool.
    ///
    /// - Parameter threads: the number of threads that compute at once.
    package init(_ extractor: FeatureExtractor, threads: Int) {
        self.extractor = extractor
        self.threads = threads
        places = DispatchSemaphore(value: threads)
    }

    /// Lends a session, which is made if none is free.
    ///
    /// - Parameter isAlone: true if no other image is in progress, so that all threads may work on this one.
    package func withSession<Result, Failure>(
        isAlone: Bool, _ body: (InferenceSession) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let idle = sessions.withLock { isAlone ? $0.whole.take() : $0.single.popLast() }
        let session = idle ?? InferenceSession(extractor, threads: isAlone ? threads : 1)
        defer {
            sessions.withLock { if isAlone { $0.whole = session } else { $0.single.append(session) } }
        }
        return try body(session)
    }

    /// Lends a lone caller a session that uses all threads. Concurrent callers get single-threaded sessions, at most
    /// `threads` of them; the rest wait.
    func withSession<Result, Failure>(
        _ body: (InferenceSession) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        places.wait()
        defer { places.signal() }
        let isAlone = sessions.withLock { sessions in
            sessions.running += 1
            return sessions.running == 1
        }
        defer { sessions.withLock { $0.running -= 1 } }
        return try withSession(isAlone: isAlone, body)
    }
}
