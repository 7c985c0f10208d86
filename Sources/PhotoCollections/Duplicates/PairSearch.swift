import Kernels
import Platform
import Synchronization

/// A pair of photos that may show the same picture.
struct CandidatePair: Sendable {
    /// The position of the searched photo in its block.
    let slot: Int32
    let photo: Int32
    let cosine: Float
    let isNearInHash: Bool
}

/// Compares some photos with all that come after them: first by sketches and hashes, then the remaining pairs by
/// features.
struct PairSearch: Sendable {
    let photos: ComparedPhotos
    let rule: DuplicateRule
    let kernels: any RowKernels.Type
    let threads: Int
    private let sketches: FeatureSketches
    /// The least cosine of pairs whose hashes differ.
    private var cosineBar: Float { min(rule.cosine, rule.momentCosine ?? 1) }

    /// The most photos that are searched for at once: their sketches, 64 KiB, and features, 512 KiB, stay in a
    /// processor's caches while those of all other photos stream from memory.
    static let blockSize = 256
    /// The number of photos in one piece of a thread's work: with their products, they stay in the second-level cache.
    private static let chunk = 128

    init(photos: ComparedPhotos, rule: DuplicateRule, kernels: any RowKernels.Type, threads: Int) {
        self.photos = photos
        self.rule = rule
        self.kernels = kernels
        self.threads = threads
        sketches = FeatureSketches(photos, kernels: kernels, threads: threads)
    }

    /// Finds the candidates of each photo of a block.
    ///
    /// - Parameters:
    ///   - block: the photos to search for, in order; at most ``blockSize``.
    ///   - isFree: true for each photo that remains to be compared.
    func candidates(of block: [Int], isFree: [Bool]) -> [CandidatePair] {
        let rows = block.flatMap { Array(photos.bytes(of: $0)) }
        let sketchRows = block.flatMap { photo in
            sketches.bytes[photo * FeatureSketches.length..<(photo + 1) * FeatureSketches.length].map {
                UInt8(bitPattern: $0) ^ 0x80
            }
        }
        let next = Atomic<Int>(block[0] + 1)
        let found = Mutex<[CandidatePair]>([])
        onThreads(threads) {
            var work = ChunkWork()
            while true {
                let start = next.add(Self.chunk, ordering: .relaxed).oldValue
                guard start < photos.count else { break }
                compare(block, rows, sketchRows, with: start..<min(start + Self.chunk, photos.count), isFree, &work)
            }
            found.withLock { $0 += work.pairs }
        }
        return found.withLock { $0 }.sorted { ($0.slot, $0.photo) < ($1.slot, $1.photo) }
    }

    /// Returns the cosine of two photos' features.
    func cosine(_ a: Int, _ b: Int) -> Float {
        let product = zip(photos.bytes(of: a), photos.bytes(of: b)).reduce(0) { $0 + Int($1.0) * Int($1.1) }
        return Float(product) * photos.inverseLengths[a] * photos.inverseLengths[b]
    }

    /// A thread's buffers, and the pairs it has found.
    private struct ChunkWork {
        var products = [Int32](repeating: 0, count: PairSearch.blockSize * PairSearch.chunk)
        var addends = [Float](repeating: 0, count: PairSearch.chunk)
        var indices = [Int32](repeating: 0, count: PairSearch.chunk)
        var pairs: [CandidatePair] = []
    }

    /// Compares photos of a block with those of a range that come after them.
    private func compare(
        _ block: [Int], _ rows: [UInt8], _ sketchRows: [UInt8], with range: Range<Int>, _ isFree: [Bool],
        _ work: inout ChunkWork
    ) {
        let (start, count) = (range.lowerBound, range.count)
        sketches.bytes.withUnsafeBufferPointer { bytes in
            sketches.sums.withUnsafeBufferPointer { sums in
                kernels.dots(
                    rows: sketchRows, rowCount: block.count,
                    others: bytes.baseAddress! + start * FeatureSketches.length,
                    otherSums: sums.baseAddress! + start, otherCount: count, length: FeatureSketches.length,
                    into: &work.products)
            }
        }
        // The rows' bytes are stored plus 128.
        for index in 0..<count {
            work.addends[index] = sketches.errors[start + index] - 128 * Float(sketches.sums[start + index])
        }
        let bar = cosineBar / (sketches.step * sketches.step)
        for (slot, photo) in block.enumerated() where photo + 1 < range.upperBound {
            let first = max(0, photo + 1 - start)
            let number = sketches.residuals.withUnsafeBufferPointer { residuals in
                photos.hashes.withUnsafeBufferPointer { hashes in
                    work.products.withUnsafeBufferPointer { products in
                        work.addends.withUnsafeBufferPointer { addends in
                            kernels.pairs(
                                PairFilter(
                                    products: products.baseAddress! + slot * count + first,
                                    addends: addends.baseAddress! + first,
                                    factor: residuals[photo], factors: residuals.baseAddress! + start + first,
                                    limit: bar - sketches.errors[photo], hashes: hashes.baseAddress! + start + first,
                                    hash: photos.hashes[photo], mirroredHash: photos.mirroredHashes[photo],
                                    hashDistance: rule.hashDistance, count: count - first),
                                into: &work.indices)
                        }
                    }
                }
            }
            for index in work.indices[..<number] where isFree[start + first + Int(index)] {
                if let pair = pair(slot, photo, start + first + Int(index), rows) { work.pairs.append(pair) }
            }
        }
    }

    /// Compares the features of two photos; nil if they are no candidates.
    ///
    /// - Parameter rows: features of a block, in which the first one's are number `slot`.
    private func pair(_ slot: Int, _ photo: Int, _ other: Int, _ rows: [UInt8]) -> CandidatePair? {
        let (count, head) = (photos.featureCount, photos.headCount)
        func product(_ range: Range<Int>, sum: Int32, otherSum: Int32) -> Float {
            let product = rows.withUnsafeBufferPointer { rows in
                photos.features.withUnsafeBufferPointer { features in
                    kernels.dot(
                        rows.baseAddress! + slot * count + range.lowerBound,
                        features.baseAddress! + other * count + range.lowerBound, otherSum: otherSum,
                        length: range.count)
                }
            }
            // The other photos' bytes are stored minus 128, as are those of the sums.
            return Float(product + 128 * (sum + 128 * Int32(range.count)))
        }
        let scale = photos.inverseLengths[photo] * photos.inverseLengths[other]
        let isNear = photos.hashDistance(photo, other) <= rule.hashDistance
        let part = scale * product(0..<head, sum: photos.headSums[photo], otherSum: photos.headSums[other])
        // The rest of the features cannot make up for the difference of most pairs.
        let needed = isNear ? min(cosineBar, rule.hashCosine) : cosineBar
        guard part + photos.tails[photo] * photos.tails[other] >= needed - 1e-4 else { return nil }
        let cosine = part + scale * product(
            head..<count, sum: photos.byteSums[photo] - photos.headSums[photo],
            otherSum: photos.byteSums[other] - photos.headSums[other])
        guard cosine >= needed else { return nil }
        return CandidatePair(
            slot: Int32(slot), photo: Int32(other), cosine: cosine, isNearInHash: isNear && cosine >= rule.hashCosine)
    }
}
