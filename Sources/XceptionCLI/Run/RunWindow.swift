import Platform

/// Bounds how many images are between being read and being written, and with it memory: a thread
/// that is ahead waits for the slowest.
final class RunWindow: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let change = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var free: Int
    private var isClosed = false

    init(size: Int) {
        free = size
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(change, nil)
    }

    deinit {
        pthread_cond_destroy(change)
        pthread_mutex_destroy(mutex)
        change.deallocate()
        mutex.deallocate()
    }

    /// Waits for a place.
    ///
    /// - Returns: false once the window is closed.
    func enter() -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while free == 0, !isClosed { pthread_cond_wait(change, mutex) }
        guard !isClosed else { return false }
        free -= 1
        return true
    }

    func leave() {
        pthread_mutex_lock(mutex)
        free += 1
        pthread_cond_signal(change)
        pthread_mutex_unlock(mutex)
    }

    /// Lets everybody go who waits.
    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_broadcast(change)
        pthread_mutex_unlock(mutex)
    }
}
