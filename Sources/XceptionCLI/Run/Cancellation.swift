import Platform
import Synchronization

/// A request to stop a run: by a signal (Ctrl-C, SIGTERM, SIGHUP), or by the run itself when it cannot go on. Images in
/// progress are finished first; threads that wait for input are woken.
final class Cancellation: Sendable {
    /// Requested by SIGINT, SIGTERM and SIGHUP. A second signal terminates the process.
    static let ofProcess = Cancellation()

    private let outer: Cancellation?

    private static let withoutSignal: Int32 = -1
    /// The reason: 0, a signal's number, or `withoutSignal`.
    private let reason = Atomic<Int32>(0)
    /// A pipe that becomes readable at the request, and stays so.
    private let wakeUp: (read: Int32, write: Int32)

    /// Makes a request.
    ///
    /// - Parameter outer: a request to this one is also one to the new one, but not the reverse.
    init(within outer: Cancellation? = nil) {
        self.outer = outer
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) == 0 {
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }
        wakeUp = (ends[0], ends[1])
    }

    deinit {
        close(wakeUp.read)
        close(wakeUp.write)
    }

    var isRequested: Bool { reason.load(ordering: .acquiring) != 0 || outer?.isRequested == true }

    /// The signal that stopped the run, if one did.
    var signal: Int32? {
        let reason = reason.load(ordering: .acquiring)
        return reason > 0 ? reason : outer?.signal
    }

    /// Requests a stop. May be called from a signal handler. The first reason stays.
    func request(signal: Int32? = nil) {
        let (isFirst, _) = reason.compareExchange(
            expected: 0, desired: signal ?? Self.withoutSignal, ordering: .acquiringAndReleasing)
        guard isFirst else { return }
        var byte: UInt8 = 0
        _ = write(wakeUp.write, &byte, 1)
    }

    /// Waits until `descriptor` is readable or at its end.
    ///
    /// - Returns: false if the run is to stop instead.
    func waitForInput(_ descriptor: Int32) -> Bool {
        var files = ([descriptor, wakeUp.read] + [outer?.wakeUp.read].compactMap(\.self)).map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        while !isRequested {
            if poll(&files, nfds_t(files.count), -1) > 0 { return files[1...].allSatisfy { $0.revents == 0 } }
            if errno != EINTR { return true }
        }
        return false
    }
}

extension Cancellation {
    /// The milliseconds for which an output may block a run that was asked to stop.
    private static let patience: Int32 = 1000

    /// Waits until `descriptor` takes bytes, or its reader has gone.
    ///
    /// - Returns: false if a cancellation was requested, and it takes none for a second.
    func waitForRoom(_ descriptor: Int32) -> Bool {
        while true {
            var files = [pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)]
            let isRequested = isRequested
            if !isRequested {
                for wakeUp in [wakeUp.read, outer?.wakeUp.read].compactMap(\.self) {
                    files.append(pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0))
                }
            }
            let count = poll(&files, nfds_t(files.count), isRequested ? Self.patience : -1)
            if files[0].revents != 0 || count < 0 && errno != EINTR { return true }
            if count == 0 { return false }
        }
    }
}

extension Cancellation {
    /// Makes signals request ``ofProcess``.
    static func listen() {
        _ = ofProcess
        let numbers = [SIGINT, SIGTERM, SIGHUP]
        // A mask of blocked signals is inherited from the parent process.
        var unblocked = sigset_t()
        sigemptyset(&unblocked)
        for number in numbers { sigaddset(&unblocked, number) }
        pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
        for number in numbers {
            var action = sigaction()
            // Shells make background jobs ignore SIGINT, and nohup makes its command ignore SIGHUP.
            guard sigaction(number, nil, &action) == 0, !isIgnored(action) else { continue }
            action = sigaction()
            setHandler(&action) { Cancellation.ofProcess.request(signal: $0) }
            action.sa_flags =
                Int32(truncatingIfNeeded: Int64(SA_RESTART)) | Int32(truncatingIfNeeded: Int64(SA_RESETHAND))
            sigaction(number, &action, nil)
        }
    }

    /// Gives SIGQUIT (Ctrl-\) back its default action, the end of the process. Swift's runtime takes it for a crash:
    /// it prints a backtrace, and the program goes on.
    static func restoreQuitSignal() {
        var action = sigaction()
        guard sigaction(SIGQUIT, nil, &action) == 0, !isIgnored(action) else { return }
        action = sigaction()
        sigaction(SIGQUIT, &action, nil)
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
