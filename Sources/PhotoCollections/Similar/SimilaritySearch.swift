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
        // At most the number of photos in the collection.
        let total = try counts().photos
        guard total > 0 else { return queries.map { _ in [] } }
        let kept = min(total, count > total / Self.spare ? total : count * Self.spare)
        var results: [[Neighbor]] = []
        for start in stride(from: 0, to: queries.count, by: Self.queriesAtOnce) {
            let some = Array(queries[start..<min(queries.count, start + Self.queriesAtOnce)])
            let candidates = try scan(some, kept: kept, kernels: kernels, threads: threads, isCancelled: isCancelled)
            if isCancelled() { return nil }
            for (query, candidates) in zip(some, candidates) {
                results.append(try rescored(candidates, by: query, count: min(count, total), minimum: minimum))
            }
        }
        return results
    }

    /// Compares all photos with the queries, in bytes.
    private func scan(
        _ queries: [SimilarityQuery], kept: Int, kernels: any RowKernels.Type, threads: Int,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws(CollectionError) -> [NearestPhotos] {
        let (first, last) = try perform { () throws(SQLiteError) in
            (try connection.integer("SELECT min(id) FROM photos"), try connection.integer("SELECT max(id) FROM photos"))
        }
        guard first > 0, last < 1 << 48 else { throw .damaged(path: path, reason: "its photos have impossible numbers") }
        let nothing = queries.map { _ in NearestPhotos(capacity: kept) }
        let results = Mutex(nothing)
        let failure = Mutex<CollectionError?>(nil)
        let next = Atomic<Int>(first)
        let (path, featureCount) = (path, origin.featureCount)
        onThreads(threads) {
            do throws(CollectionError) {
                let scan = try CollectionScan(path, featureCount: featureCount)
                var nearest = nothing
                while !isCancelled(), failure.withLock({ $0 == nil }) {
                    let start = next.add(Self.chunk, ordering: .relaxed).oldValue
                    guard start <= last else { break }
                    let isEmpty = try scan.forEach(in: start...start + Self.chunk - 1) { row in
                        for (index, query) in queries.enumerated() {
                            let product = kernels.dot(
                                row.features, query.bytes, otherSum: query.byteSum, length: featureCount)
                            let similarity = query.approximateSimilarity(
                                product: product, squareSum: row.squareSum, meanSum: row.meanSum)
                            if similarity >= nearest[index].floor {
                                nearest[index].insert(Neighbor(id: row.id, similarity: similarity))
                            }
                        }
                    }
                    // Skips the numbers of removed photos.
                    if isEmpty { next.max(try scan.first(from: start + Self.chunk) ?? last + 1, ordering: .relaxed) }
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
