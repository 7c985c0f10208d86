import Platform

/// Bounds the number of images between reading and writing, and so the memory: a thread that is ahead waits for the
/// slowest.
final class RunWindow: @unchecked Sendable {
    private let condition = Condition()
    private var free: Int
    private var isClosed = false

    init(size: Int) {
        free = size
    }

    /// Waits for a place.
    ///
    /// - Returns: false once the window is closed.
    func enter() -> Bool {
        condition.withLock {
            while free == 0, !isClosed { condition.wait() }
            guard !isClosed else { return false }
            free -= 1
            return true
        }
    }

    func leave() {
        condition.withLock {
            free += 1
            condition.signal()
        }
    }

    /// Wakes all waiting threads.
    func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }
}
