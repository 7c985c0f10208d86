extension [Float] {
    /// Returns the indices of the `count` largest values, largest first; ties by the lower index.
    ///
    /// - Complexity: one comparison per value that is not among the best so far.
    package func indicesOfLargest(_ count: Int) -> [Int] {
        // Insertion moves indices: for a large share of the values, sorting is cheaper.
        guard count < self.count / 4 else {
            return [Int](indices.sorted { (self[$0], $1) > (self[$1], $0) }.prefix(count))
        }
        guard count > 0 else { return [] }
        var best: [Int] = []
        best.reserveCapacity(count + 1)
        for (index, value) in enumerated() {
            if best.count == count {
                guard value > self[best[count - 1]] else { continue }
                best.removeLast()
            }
            var place = best.count
            while place > 0, self[best[place - 1]] < value { place -= 1 }
            best.insert(index, at: place)
        }
        return best
    }
}
