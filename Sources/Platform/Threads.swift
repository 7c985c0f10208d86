/// Calls `body` on `count` threads at once, including this one, and returns when all are done. If the system grants
/// fewer threads, there are fewer calls.
///
/// Intended for work that waits for files: the team of threads inside a layer spins instead.
package func onThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
    let threads = (1..<max(1, count)).compactMap { _ in startThread(body) }
    body()
    for thread in threads { pthread_join(thread, nil) }
}

/// Calls `body` on a thread of its own, and does not wait for it. (libdispatch would wait forever if no thread can be
/// created.)
///
/// - Returns: true if a thread was created; otherwise `body` is not called.
@discardableResult
package func inBackground(_ body: @escaping @Sendable () -> Void) -> Bool {
    guard let thread = startThread(body) else { return false }
    pthread_detach(thread)
    return true
}

private final class ThreadBody {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}

/// Calls `body` on a thread of its own, which must be joined or detached.
///
/// - Parameter stackSize: the size in bytes. The system's default is the limit of the process (`ulimit -s`), which may
///   be too small for any work, or so large that the address space holds few threads.
/// - Returns: nil if the system grants no thread; `body` is not called then.
package func startThread(stackSize: Int = 2 << 20, _ body: @escaping @Sendable () -> Void) -> pthread_t? {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackSize)
    let argument = Unmanaged.passRetained(ThreadBody(body))
    #if canImport(Darwin)
    var thread: pthread_t?
    let status = pthread_create(&thread, &attributes, { argument in
        Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().body()
        return nil
    }, argument.toOpaque())
    #else
    var thread = pthread_t()
    let status = pthread_create(&thread, &attributes, { argument in
        Unmanaged<ThreadBody>.fromOpaque(argument!).takeRetainedValue().body()
        return nil
    }, argument.toOpaque())
    #endif
    guard status == 0 else {
        argument.release()
        return nil
    }
    return thread
}
