/// Divides photos into folds with the same shares of classes. Photos of one group stay together.
struct StratifiedFolds {
    /// A fold per photo.
    let folds: [Int]
    let count: Int

    /// Divides photos.
    ///
    /// - Parameters:
    ///   - labels: a class index per photo.
    ///   - groups: a number per photo; photos with the same number form a group, which is in one fold.
    ///   - count: the number of folds. There are fewer if a class has fewer groups.
    /// - Returns: nil if a class has fewer than two groups: nothing could be held out.
    init?(labels: [Int], groups: [Int], classes: Int, count: Int) {
        var groupsOfClass = [Set<Int>](repeating: [], count: classes)
        for (label, group) in zip(labels, groups) { groupsOfClass[label].insert(group) }
        let folds = min(count, groupsOfClass.map(\.count).min() ?? 0)
        guard folds >= 2 else { return nil }

        let members = Dictionary(grouping: labels.indices, by: { groups[$0] })
        // Large groups first, while all folds have room; ties in an order independent of file names.
        var random = SplitMix64(seed: 1)
        let order = members.keys.sorted().shuffled(using: &random)
            .enumerated().sorted { (members[$1.element]!.count, $0.offset) < (members[$0.element]!.count, $1.offset) }
            .map(\.element)
        var sizes = [Int](repeating: 0, count: folds)
        var classSizes = [[Int]](repeating: sizes, count: classes)
        var result = [Int](repeating: 0, count: labels.count)
        for group in order {
            let photos = members[group]!
            let own = Set(photos.map { labels[$0] })
            let fold = (0..<folds).min { a, b in
                let ofClass = (own.reduce(0) { $0 + classSizes[$1][a] }, own.reduce(0) { $0 + classSizes[$1][b] })
                return (ofClass.0, sizes[a], a) < (ofClass.1, sizes[b], b)
            }!
            for photo in photos {
                result[photo] = fold
                sizes[fold] += 1
                classSizes[labels[photo]][fold] += 1
            }
        }
        self.folds = result
        self.count = folds
    }
}
