import Kernels
import Platform
import Synchronization

extension PhotoCollection {
    /// Photos of one piece of work of a thread.
    private static var chunk: Int { 1 << 12 }
    /// Queries that one look through the collection answers: their bytes stay in the processor's cache.
    private static var queriesAtOnce: Int { 64 }
    /// Photos kept for each that is wanted, to be compared again with the query in floats. The bytes
    /// of the query alone lose one of a thousand neighbours.
    private static var spare: Int { 4 }

    /// The photos that are most similar to each query, all compared, the nearest first.
    ///
    /// - Parameters:
    ///   - count: how many at most, at least one.
    ///   - minimum: photos less similar are left out.
    ///   - isCancelled: is asked now and then, and ends the search.
    /// - Returns: nil after a cancellation.
    /// - Complexity: reads all features once for each 64 queries; memory is that of the result, four times over.
    package func nearest(
        to queries: [SimilarityQuery], count: Int, minimum: Double = -1, kernels: any RowKernels.Type, threads: Int,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(CollectionError) -> [[Neighbor]]? {
        // No more than there are, whatever was asked for.
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
        guard first > 0, last < 1 << 48 else { throw .damaged(path: path, reason: "its photos have numbers that none has") }
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
                    // Where many photos have left, their numbers are passed over.
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
        // In the order of the file.
        for candidate in candidates.sorted.sorted(by: { $0.id < $1.id }) {
            guard case .features(let photo)? = try photo(candidate.id)?.outcome else { continue }
            let similarity = query.similarity(to: photo.features)
            if similarity >= minimum { nearest.insert(Neighbor(id: candidate.id, similarity: similarity)) }
        }
        return nearest.sorted
    }
}
