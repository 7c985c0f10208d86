import Kernels
import Platform
import Synchronization

extension PhotoCollection {
    /// The number of photos in one piece of a thread's work.
    private static var chunk: Int { 1 << 12 }
    /// The number of queries per pass through the collection: their bytes stay in the processor's cache.
    private static var queriesAtOnce: Int { 64 }
    /// The number of photos kept per requested one, to be compared again with the query in floats. The query's bytes
    /// alone miss one neighbour in a thousand.
    private static var spare: Int { 4 }

    /// Finds the photos that are most similar to each query, by comparing all; the nearest come first.
    ///
    /// - Parameters:
    ///   - count: the most photos per query, at least one.
    ///   - minimum: the least similarity.
    ///   - isCancelled: called now and then; true ends the search.
    /// - Returns: nil after a cancellation.
    /// - Complexity: reads all features once per 64 queries; memory is four times that of the result.
    package func nearest(
        to queries: [SimilarityQuery], count: Int, minimum: Double = -1, kernels: any RowKernels.Type, threads: Int,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(CollectionError) -> [[Neighbor]]? {
        let ids = try self.ids()
        // At most the number of photos in the collection.
        let total = ids.count
        guard total > 0 else { return queries.map { _ in [] } }
        let kept = min(total, count > total / Self.spare ? total : count * Self.spare)
        var results: [[Neighbor]] = []
        for start in stride(from: 0, to: queries.count, by: Self.queriesAtOnce) {
            let some = Array(queries[start..<min(queries.count, start + Self.queriesAtOnce)])
            let candidates = try scan(
                ids, some, kept: kept, kernels: kernels, threads: threads, isCancelled: isCancelled)
            if isCancelled() { return nil }
            for (query, candidates) in zip(some, candidates) {
                results.append(try rescored(candidates, by: query, count: min(count, total), minimum: minimum))
            }
        }
        return results
    }

    /// Returns the range of photos' numbers.
    private func ids() throws(CollectionError) -> Range<Int> {
        let (first, last) = try perform { () throws(SQLiteError) in
            (try connection.integer("SELECT min(id) FROM photos"), try connection.integer("SELECT max(id) FROM photos"))
        }
        guard last != 0 else { return 0..<0 }
        guard first > 0, last >= first, last < 1 << 48 else {
            throw .damaged(path: path, reason: "its photos have impossible numbers")
        }
        return first..<last + 1
    }

    /// Compares all photos with the queries, in bytes.
    ///
    /// The file is read where the system caches it. Half of the time goes to memory and page tables, most of the rest
    /// to SQLite, which copies 2 KiB of each row; the products take a tenth.
    private func scan(
        _ ids: Range<Int>, _ queries: [SimilarityQuery], kept: Int, kernels: any RowKernels.Type, threads: Int,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws(CollectionError) -> [NearestPhotos] {
        let nothing = queries.map { _ in NearestPhotos(capacity: kept) }
        let results = Mutex(nothing)
        let failure = Mutex<CollectionError?>(nil)
        let next = Atomic<Int>(ids.lowerBound)
        let (path, featureCount) = (path, origin.featureCount)
        onThreads(threads) {
            // Copies for each thread, so that threads do not count references to shared ones.
            let bytes = queries.flatMap(\.bytes), terms = queries.map(\.terms)
            var nearest = nothing
            var floors = nearest.map(\.floor)
            do throws(CollectionError) {
                let scan = try CollectionScan(path, featureCount: featureCount)
                while !isCancelled(), failure.withLock({ $0 == nil }) {
                    let start = next.add(Self.chunk, ordering: .relaxed).oldValue
                    guard start < ids.upperBound else { break }
                    let isEmpty = try bytes.withUnsafeBufferPointer { bytes throws(CollectionError) in
                        try scan.forEach(in: start...start + Self.chunk - 1) { row in
                            for (index, terms) in terms.enumerated() {
                                let product = kernels.dot(
                                    row.features, bytes.baseAddress! + index * featureCount, otherSum: terms.byteSum,
                                    length: featureCount)
                                let similarity = terms.approximateSimilarity(
                                    product: product, squareSum: row.squareSum, meanSum: row.meanSum)
                                guard similarity >= floors[index] else { continue }
                                nearest[index].insert(Neighbor(id: row.id, similarity: similarity))
                                floors[index] = nearest[index].floor
                            }
                        }
                    }
                    // Skips the numbers of removed photos.
                    if isEmpty {
                        next.max(try scan.first(from: start + Self.chunk) ?? ids.upperBound, ordering: .relaxed)
                    }
                }
                results.withLock { results in
                    for index in results.indices { results[index].insert(nearest[index]) }
                }
            } catch {
                failure.withLock { $0 = error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        return results.withLock { $0 }
    }

    private func rescored(
        _ candidates: NearestPhotos, by query: SimilarityQuery, count: Int, minimum: Double
    ) throws(CollectionError) -> [Neighbor] {
        var nearest = NearestPhotos(capacity: count)
        // Reads in the order of the file.
        for candidate in candidates.sorted.sorted(by: { $0.id < $1.id }) {
            guard case .features(let photo)? = try photo(candidate.id)?.outcome else { continue }
            let similarity = query.similarity(to: photo.features)
            if similarity >= minimum { nearest.insert(Neighbor(id: candidate.id, similarity: similarity)) }
        }
        return nearest.sorted
    }
}
