import Synchronization

/// Returns the results of `body` for 0..<`count`, in order, computed by up to `threads` threads. The assignment to
/// threads does not affect the results.
package func concurrentMap<Result: Sendable>(
    _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Result
) -> [Result] {
    let results = ConcurrentResults<Result>(count)
    onThreads(min(threads, count)) {
        while let index = results.next() { results[index] = body(index) }
    }
    return results.all
}

private final class ConcurrentResults<Result: Sendable>: Sendable {
    private let count: Int
    private let started = Atomic<Int>(0)
    private let results: Mutex<[Result?]>

    init(_ count: Int) {
        self.count = count
        results = Mutex([Result?](repeating: nil, count: count))
    }

    func next() -> Int? {
        let index = started.add(1, ordering: .relaxed).oldValue
        return index < count ? index : nil
    }

    subscript(index: Int) -> Result? {
        get { results.withLock { $0[index] } }
        set { results.withLock { $0[index] = newValue } }
    }

    /// The results in order.
    ///
    /// - Precondition: all are computed.
    var all: [Result] { results.withLock { $0.map { $0! } } }
}
