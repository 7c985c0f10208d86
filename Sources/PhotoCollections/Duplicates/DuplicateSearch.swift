import Kernels
import Platform
import Synchronization

/// Finds groups of photos that show the same picture, all pairs compared.
package final class DuplicateSearch: Sendable {
    private let pairs: PairSearch
    private let operators: any OperatorKernels.Type
    private let pictures: PictureCache
    private let isCancelled: @Sendable () -> Bool
    /// Photos whose pixels could not be read.
    private let unreadable = Mutex<Set<Int>>([])

    private var photos: ComparedPhotos { pairs.photos }
    private var rule: DuplicateRule { pairs.rule }

    /// Makes a search.
    ///
    /// - Parameters:
    ///   - photos: the photos, in the order in which they would be kept.
    ///   - picture: returns a photo's small picture if features alone do not decide; nil if the photo can no longer be
    ///     read. Called by several threads.
    package init(
        _ photos: ComparedPhotos, rule: DuplicateRule = DuplicateRule(), kernels: ProcessorKernels, threads: Int,
        isCancelled: @escaping @Sendable () -> Bool = { false },
        picture: @escaping @Sendable (_ photo: Int) -> AlignmentPicture?
    ) {
        pairs = PairSearch(photos: photos, rule: rule, kernels: kernels.rows, threads: threads)
        operators = kernels.operators
        pictures = PictureCache(picture)
        self.isCancelled = isCancelled
    }

    private static let smallestBlock = 16
    /// The number of candidates of a block after which blocks become smaller: 16 MiB.
    private static let manyCandidates = 1 << 20

    /// Finds the groups.
    ///
    /// - Parameter didCompare: called with the number of photos that are finished.
    /// - Returns: groups in the order of the photos that are kept, and the photos that could not be checked because
    ///   their pixels could not be read; nil after a cancellation.
    /// - Complexity: O(photos^2) products of features; memory is that of `photos`.
    package func groups(didCompare: (Int) -> Void = { _ in }) -> (groups: [DuplicateGroup], unreadable: Set<Int>)? {
        var isFree = [Bool](repeating: true, count: photos.count)
        var groups: [DuplicateGroup] = []
        var next = 0
        var blockSize = Self.smallestBlock
        while next < photos.count {
            var block: [Int] = []
            while next < photos.count, block.count < blockSize {
                if isFree[next] { block.append(next) }
                next += 1
            }
            guard !block.isEmpty else { break }
            let candidates = pairs.candidates(of: block, isFree: isFree)
            // Photos that are all alike have more candidates than memory should hold.
            blockSize = candidates.count > Self.manyCandidates
                ? max(Self.smallestBlock, blockSize / 2) : min(PairSearch.blockSize, 2 * blockSize)
            var rest = candidates[...]
            for (slot, photo) in block.enumerated() {
                let own = rest.prefix { Int($0.slot) == slot }
                rest = rest.dropFirst(own.count)
                // An earlier photo of the block may have taken this one, or one of its candidates.
                guard isFree[photo] else { continue }
                var copies = confirmed(own.filter { isFree[Int($0.photo)] }, of: photo)
                if isCancelled() { return nil }
                guard !copies.isEmpty else { continue }
                for copy in copies { isFree[copy.photo] = false }
                let others = copiesOfCopies(copies, of: photo, isFree: isFree)
                for copy in others { isFree[copy.photo] = false }
                copies += others
                groups.append(DuplicateGroup(kept: photo, copies: copies))
            }
            if isCancelled() { return nil }
            didCompare(next)
        }
        return (groups, unreadable.withLock { $0 })
    }

    /// Returns the candidates that show the same picture.
    private func confirmed(_ candidates: [CandidatePair], of photo: Int) -> [DuplicateGroup.Copy] {
        let next = Atomic<Int>(0)
        let evidence = Mutex([DuplicateEvidence?](repeating: nil, count: candidates.count))
        let undecided = candidates.indices.filter { index in
            guard let known = self.evidence(candidates[index]) else { return candidates[index].cosine >= rule.cosine }
            evidence.withLock { $0[index] = known }
            return false
        }
        if !undecided.isEmpty, let picture = self.picture(photo) {
            onThreads(min(pairs.threads, undecided.count)) {
                while !self.isCancelled() {
                    let index = next.add(1, ordering: .relaxed).oldValue
                    guard index < undecided.count else { break }
                    guard let other = self.picture(Int(candidates[undecided[index]].photo)) else { continue }
                    let agreement = picture.agreement(with: other, bar: self.rule.agreement, kernels: self.operators)
                    if agreement >= self.rule.agreement { evidence.withLock { $0[undecided[index]] = .pixels } }
                }
            }
        }
        return zip(candidates, evidence.withLock { $0 }).compactMap { candidate, evidence in
            evidence.map { DuplicateGroup.Copy(photo: Int(candidate.photo), cosine: candidate.cosine, evidence: $0) }
        }
    }

    /// Finds photos whose hashes are near those of copies that pixels have confirmed, and whose features are like those
    /// of the photo that is kept. A picture with a border is kept for its pixels, but small and grey copies of the
    /// picture resemble only the one without.
    private func copiesOfCopies(
        _ copies: [DuplicateGroup.Copy], of photo: Int, isFree: [Bool]
    ) -> [DuplicateGroup.Copy] {
        let block = copies.lazy.filter { $0.evidence == .pixels }.map(\.photo).prefix(PairSearch.blockSize)
        guard !block.isEmpty else { return [] }
        let near = Set(pairs.candidates(of: block.sorted(), isFree: isFree).lazy.filter(\.isNearInHash).map(\.photo))
        return near.sorted().compactMap { other in
            let cosine = pairs.cosine(photo, Int(other))
            guard cosine >= rule.hashCosine else { return nil }
            return DuplicateGroup.Copy(photo: Int(other), cosine: cosine, evidence: .hash)
        }
    }

    /// Returns the evidence for a pair without a look at its pixels.
    private func evidence(_ pair: CandidatePair) -> DuplicateEvidence? {
        if pair.isNearInHash { return .hash }
        if let cosine = rule.momentCosine, pair.cosine >= cosine { return .moment }
        return nil
    }

    private func picture(_ photo: Int) -> AlignmentPicture? {
        let picture = pictures[photo]
        if picture == nil { unreadable.withLock { _ = $0.insert(photo) } }
        return picture
    }
}

/// A cache of recently used small pictures.
private final class PictureCache: Sendable {
    private let load: @Sendable (Int) -> AlignmentPicture?
    private let pictures = Mutex<[Int: AlignmentPicture]>([:])

    /// The number of pictures, of 84 KiB each.
    private static let limit = 1024

    init(_ load: @escaping @Sendable (Int) -> AlignmentPicture?) {
        self.load = load
    }

    subscript(photo: Int) -> AlignmentPicture? {
        if let picture = pictures.withLock({ $0[photo] }) { return picture }
        guard let picture = load(photo) else { return nil }
        pictures.withLock { pictures in
            if pictures.count >= Self.limit { pictures.removeAll(keepingCapacity: true) }
            pictures[photo] = picture
        }
        return picture
    }
}
