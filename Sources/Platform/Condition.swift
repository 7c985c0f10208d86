/// A lock whose holders can wait for changes: protected state is changed under the lock, and a change is signalled to
/// the waiting threads.
package final class Condition: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let change = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    package init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(change, nil)
    }

    deinit {
        pthread_cond_destroy(change)
        pthread_mutex_destroy(mutex)
        change.deallocate()
        mutex.deallocate()
    }

    package func withLock<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    /// Releases the lock until a signal, or spuriously: check the condition again.
    ///
    /// - Precondition: the calling thread holds the lock.
    package func wait() {
        pthread_cond_wait(change, mutex)
    }

    /// Wakes one waiting thread.
    package func signal() {
        pthread_cond_signal(change)
    }

    /// Wakes all waiting threads.
    package func broadcast() {
        pthread_cond_broadcast(change)
    }
}
