import CSIMD
import Platform
import Synchronization

/// A few threads that wait for work together, so that sharing a layer costs microseconds.
///
/// Between two pieces of work the threads spin for a moment, because the next layer is near, and then sleep. One caller
/// uses a team at a time, and works itself as thread 0.
public final class ThreadTeam {
    public let count: Int
    private let state: State
    private var threads: [pthread_t] = []

    /// Pauses in a spin loop before a thread sleeps: 100 to 500 microseconds, depending on the processor, and longer
    /// than any gap between layers.
    private static let spins = 10_000

    /// The state that the threads share.
    private final class State: @unchecked Sendable {
        /// Counts the pieces of work handed out; a worker waits for it to move.
        let generation = Atomic<Int>(0)
        let busyWorkers = Atomic<Int>(0)
        let shares: [Share]
        let sleepers = Atomic<Int>(0)
        let isStopped = Atomic<Bool>(false)
        var work: ((_ thread: Int) -> Void)?
        let condition = Condition()

        init(shares: Int) {
            self.shares = (0..<shares).map { _ in Share() }
        }

        func wait(for generation: Int) {
            for _ in 0..<ThreadTeam.spins {
                if self.generation.load(ordering: .acquiring) != generation { return }
                csimd_pause()
            }
            condition.withLock {
                sleepers.add(1, ordering: .sequentiallyConsistent)
                while self.generation.load(ordering: .sequentiallyConsistent) == generation { condition.wait() }
                sleepers.subtract(1, ordering: .sequentiallyConsistent)
            }
        }

        /// Starts the next piece of work.
        func advance() {
            generation.add(1, ordering: .sequentiallyConsistent)
            if sleepers.load(ordering: .sequentiallyConsistent) > 0 { condition.withLock { condition.broadcast() } }
        }
    }

    /// The items that a thread begins with, in order.
    private final class Share: @unchecked Sendable {
        private let next = Atomic<Int>(0)
        private var end = 0

        /// Replaces the items. Not safe to call concurrently with `take`.
        func fill(_ items: Range<Int>) {
            next.store(items.lowerBound, ordering: .relaxed)
            end = items.upperBound
        }

        func take() -> Int? {
            let item = next.add(1, ordering: .relaxed).oldValue
            return item < end ? item : nil
        }
    }

    private final class Worker: Sendable {
        let state: State
        let index: Int

        init(state: State, index: Int) {
            self.state = state
            self.index = index
        }

        func run() {
            var generation = 0
            while true {
                state.wait(for: generation)
                generation += 1
                if state.isStopped.load(ordering: .acquiring) { return }
                state.work!(index)
                state.busyWorkers.subtract(1, ordering: .releasing)
            }
        }
    }

    /// Starts `count - 1` threads. If the system grants fewer, the team is smaller.
    public init(count: Int) {
        check(count > 0, "a team has at least one thread")
        let state = State(shares: count)
        var threads: [pthread_t] = []
        for index in 1..<count {
            let worker = Worker(state: state, index: index)
            guard let thread = startThread({ worker.run() }) else { break }
            threads.append(thread)
        }
        self.state = state
        self.threads = threads
        self.count = threads.count + 1
    }

    deinit {
        state.isStopped.store(true, ordering: .releasing)
        state.advance()
        for thread in threads {
            pthread_join(thread, nil)
        }
    }

    /// Calls `work` with every number below `items`, and returns when all are done.
    ///
    /// Each thread begins with a share of successive items, since what those touch overlaps, and
    /// then helps the others with theirs.
    public func forEach(_ items: Int, _ work: (_ item: Int, _ thread: Int) -> Void) {
        if count == 1 || items <= 1 {
            for item in 0..<items { work(item, 0) }
            return
        }
        for (thread, share) in state.shares.prefix(count).enumerated() {
            share.fill(thread * items / count..<(thread + 1) * items / count)
        }
        let (shares, count) = (state.shares, count)
        onEachThread { thread in
            for other in 0..<count {
                let share = shares[(thread + other) % count]
                while let item = share.take() { work(item, thread) }
            }
        }
    }

    /// Calls `work` once on every thread, at the same time, and returns when all are done.
    public func onEachThread(_ work: (_ thread: Int) -> Void) {
        let state = state
        state.busyWorkers.store(threads.count, ordering: .relaxed)
        // The program has the length of this file's path here, and is to be the same from any folder.
        #sourceLocation(file: "ThreadTeam", line: 1)
        withoutActuallyEscaping(work) { work in
            state.work = work
            state.advance()
            work(0)
            var spins = 0
            while state.busyWorkers.load(ordering: .acquiring) > 0 {
                csimd_pause()
                spins += 1
                // More threads than processors: let the others finish.
                if spins > Self.spins { sched_yield() }
            }
            state.work = nil
        }
        #sourceLocation()
    }
}
