import Kernels
import Platform
import Synchronization

/// A pair of photos that may show the same picture.
struct CandidatePair: Sendable {
    /// The position of the searched photo in its block.
    let slot: Int
    let photo: Int
    let cosine: Float
    let isNearInHash: Bool
}

/// Compares some photos with all that come after them.
struct PairSearch: Sendable {
    let photos: ComparedPhotos
    let rule: DuplicateRule
    let kernels: any RowKernels.Type
    let threads: Int

    /// The number of photos that are searched for at once: their features, 96 KiB, stay in a processor's cache while
    /// those of all other photos stream from memory.
    static let blockSize = 48
    /// The number of photos in one piece of a thread's work.
    private static let chunk = 512

    /// Finds the candidates of each photo of a block.
    ///
    /// - Parameters:
    ///   - block: the photos to search for, in order; at most ``blockSize``.
    ///   - isFree: true for each photo that remains to be compared.
    func candidates(of block: [Int], isFree: [Bool]) -> [CandidatePair] {
        let count = photos.featureCount
        let rows = block.flatMap { Array(photos.bytes(of: $0)) }
        let corrections = block.map { 128 * (photos.byteSums[$0] + 128 * Int32(count)) }
        let next = Atomic<Int>(block[0] + 1)
        let found = Mutex<[CandidatePair]>([])
        onThreads(threads) {
            var products = [Int32](repeating: 0, count: block.count * Self.chunk)
            var pairs: [CandidatePair] = []
            while true {
                let start = next.add(Self.chunk, ordering: .relaxed).oldValue
                guard start < photos.count else { break }
                let size = min(Self.chunk, photos.count - start)
                photos.features.withUnsafeBufferPointer { features in
                    photos.byteSums.withUnsafeBufferPointer { sums in
                        kernels.dots(
                            rows: rows, rowCount: block.count, others: features.baseAddress! + start * count,
                            otherSums: sums.baseAddress! + start, otherCount: size, length: count, into: &products)
                    }
                }
                for (slot, photo) in block.enumerated() {
                    let inverseLength = photos.inverseLengths[photo]
                    for index in max(0, photo + 1 - start)..<max(0, photo + 1 - start, size) {
                        // The other photos' bytes are stored minus 128.
                        let product = Float(products[slot * size + index] + corrections[slot])
                        let cosine = product * inverseLength * photos.inverseLengths[start + index]
                        guard cosine >= min(rule.hashCosine, rule.cosine), isFree[start + index] else { continue }
                        let isNear = cosine >= rule.hashCosine && photos.hashDistance(photo, start + index) <= rule.hashDistance
                        guard isNear || cosine >= rule.cosine else { continue }
                        pairs.append(CandidatePair(slot: slot, photo: start + index, cosine: cosine, isNearInHash: isNear))
                    }
                }
            }
            found.withLock { $0 += pairs }
        }
        return found.withLock { $0 }.sorted { ($0.slot, $0.photo) < ($1.slot, $1.photo) }
    }
}
