import Platform
import Synchronization

/// A user's or a system's request to stop: Ctrl-C, SIGTERM, SIGHUP. What is in hand is finished
/// first. A second request ends the program as if this did not exist.
enum Interruption {
    private static let received = Atomic<Int32>(0)
    /// Becomes readable at the request, and stays so: it wakes whoever waits for input.
    private nonisolated(unsafe) static var wakeUp: (read: Int32, write: Int32) = (-1, -1)

    /// The signal's number, or nil while nobody asked.
    static var signal: Int32? {
        let number = received.load(ordering: .acquiring)
        return number == 0 ? nil : number
    }

    static func listen() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        wakeUp = (ends[0], ends[1])
        let numbers = [SIGINT, SIGTERM, SIGHUP]
        // Who starts the program from a thread that blocks signals, as Dispatch's do, hands that down.
        var unblocked = sigset_t()
        sigemptyset(&unblocked)
        for number in numbers { sigaddset(&unblocked, number) }
        pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
        for number in numbers {
            var action = sigaction()
            // A shell's background job, or one under nohup, is told not to listen.
            guard sigaction(number, nil, &action) == 0, !isIgnored(action) else { continue }
            action = sigaction()
            setHandler(&action) { number in
                Interruption.received.store(number, ordering: .releasing)
                var byte: UInt8 = 0
                _ = write(Interruption.wakeUp.write, &byte, 1)
            }
            action.sa_flags = Int32(truncatingIfNeeded: Int64(SA_RESTART)) | Int32(truncatingIfNeeded: Int64(SA_RESETHAND))
            sigaction(number, &action, nil)
        }
    }

    /// Waits until `descriptor` has something to read, or its end.
    ///
    /// - Returns: false if the program is to stop instead.
    static func waitForInput(_ descriptor: Int32) -> Bool {
        var files = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wakeUp.read, events: Int16(POLLIN), revents: 0),
        ]
        while signal == nil {
            if poll(&files, 2, -1) > 0 { return files[1].revents == 0 }
            if errno != EINTR { return true }
        }
        return false
    }

    #if canImport(Darwin)
    private static func isIgnored(_ action: sigaction) -> Bool {
        unsafeBitCast(action.__sigaction_u.__sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private static func setHandler(_ action: inout sigaction, _ handler: @escaping @convention(c) (Int32) -> Void) {
        action.__sigaction_u.__sa_handler = handler
    }
    #else
    private static func isIgnored(_ action: sigaction) -> Bool {
        unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private static func setHandler(_ action: inout sigaction, _ handler: @escaping @convention(c) (Int32) -> Void) {
        action.__sigaction_handler.sa_handler = handler
    }
    #endif
}
