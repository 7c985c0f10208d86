import Kernels
import Synchronization
import Testing

@Suite struct ThreadTeamTests {
    @Test("Every item is done once, by a thread of the team", arguments: [1, 2, 3, 8])
    func items(threads: Int) {
        let team = ThreadTeam(count: threads)
        #expect(team.count == threads)
        for round in 0..<200 {
            let items = round % 17
            let done = (0..<17).map { _ in Counter() }
            team.forEach(items) { item, thread in
                done[item].count.add(thread < threads ? 1 : 1000, ordering: .relaxed)
            }
            #expect(done.map { $0.count.load(ordering: .relaxed) } == (0..<17).map { $0 < items ? 1 : 0 })
        }
    }

    @Test("Every thread works once", arguments: [1, 2, 3, 8])
    func threads(count: Int) {
        let team = ThreadTeam(count: count)
        for _ in 0..<50 {
            let done = (0..<count).map { _ in Counter() }
            team.onEachThread { done[$0].count.add(1, ordering: .relaxed) }
            #expect(done.allSatisfy { $0.count.load(ordering: .relaxed) == 1 })
        }
    }

    @Test("A team that has slept wakes up")
    func sleeping() async throws {
        let team = ThreadTeam(count: 3)
        for _ in 0..<3 {
            try await Task.sleep(for: .milliseconds(20))
            let sum = Counter()
            team.forEach(100) { item, _ in sum.count.add(item, ordering: .relaxed) }
            #expect(sum.count.load(ordering: .relaxed) == 4950)
        }
    }

    private final class Counter: Sendable {
        let count = Atomic<Int>(0)
    }
}
