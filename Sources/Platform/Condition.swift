/// A lock whose holders can wait for one another: what it protects is changed under the lock, and a change is signalled
/// to the threads that wait for it.
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

    /// Gives the lock up until a signal, or for no reason at all: check again what is waited for.
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
