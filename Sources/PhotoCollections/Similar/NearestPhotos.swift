/// A photo near a query.
package struct Neighbor: Equatable, Sendable {
    /// The photo's number.
    package let id: Int
    package let similarity: Double

    package init(id: Int, similarity: Double) {
        self.id = id
        self.similarity = similarity
    }

    /// Returns true if this one comes before another: the more similar, or else the smaller number.
    func precedes(_ other: Neighbor) -> Bool {
        (similarity, other.id) > (other.similarity, id)
    }
}

/// The nearest of any number of photos, up to a capacity: a heap with the farthest of them on top.
package struct NearestPhotos: Sendable {
    private var heap: [Neighbor] = []
    private let capacity: Int

    /// Makes an empty heap.
    ///
    /// - Parameter capacity: the number of photos to keep, at least one.
    package init(capacity: Int) {
        precondition(capacity > 0)
        self.capacity = capacity
    }

    /// The similarity that a photo must exceed to be kept.
    package var floor: Double { heap.count < capacity ? -.infinity : heap[0].similarity }

    /// Inserts a photo, and drops the farthest one if there are too many.
    ///
    /// - Complexity: O(log capacity), and O(1) for a photo that is farther than all.
    package mutating func insert(_ neighbor: Neighbor) {
        if heap.count < capacity {
            heap.append(neighbor)
            var child = heap.count - 1
            while child > 0, heap[(child - 1) / 2].precedes(heap[child]) {
                heap.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
        } else if neighbor.precedes(heap[0]) {
            heap[0] = neighbor
            var parent = 0
            while true {
                var last = parent
                for child in [2 * parent + 1, 2 * parent + 2]
                where child < heap.count && heap[last].precedes(heap[child]) {
                    last = child
                }
                guard last != parent else { return }
                heap.swapAt(parent, last)
                parent = last
            }
        }
    }

    mutating func insert(_ others: NearestPhotos) {
        for neighbor in others.heap { insert(neighbor) }
    }

    /// The photos, the nearest first.
    package var sorted: [Neighbor] { heap.sorted { $0.precedes($1) } }
}
