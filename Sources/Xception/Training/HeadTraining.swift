import Platform

/// Fits a linear head to a training set: multinomial logistic regression on features of unit length.
///
/// The same set gives the same bits on any number of threads.
package struct HeadTraining: Sendable {
    /// lambda; nil for ``defaultRegularization(classes:)``.
    package var regularization: Double?
    /// True if all classes have the same weight, regardless of their numbers of photos.
    package var isBalanced = false
    /// The share of held-out photos to be rejected; nil for no rejection.
    package var rejectedShare: Double? = 0.05
    /// The mean unit-length feature of generic photos, `[2048]`.
    package var genericMean: [Float]
    package var threads: Int

    package init(genericMean: [Float], threads: Int) {
        self.genericMean = genericMean
        self.threads = threads
    }

    /// The lambda that did best, or within 1.3 points of it, from 1 to 42 photos per class on six sets of 2 to 30
    /// classes.
    package static func defaultRegularization(classes: Int) -> Double { 3e-4 / Double(classes) }

    private static let folds = 5
    /// Parts of the training photos for the learning curve.
    private static let parts = [0.25, 0.5]

    package func callAsFunction(_ set: TrainingSet) -> TrainedHead {
        let classes = set.classes.count
        let lambda = regularization ?? Self.defaultRegularization(classes: classes)
        let lengths = set.features.map { features in
            features.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        }
        let meanLength = lengths.reduce(0, +) / Double(lengths.count)
        let vectors = DenseRows(rows: set.features.count, columns: set.features[0].count) { photo in
            let length = lengths[photo] > 0 ? lengths[photo] : 1
            return set.features[photo].map { Float(Double($0) / length) }
        }
        let space = vectors.rows < vectors.columns ? RowSpace(vectors, threads: threads) : nil
        let regression = LogisticRegression(
            rows: space?.coordinates ?? vectors, labels: set.labels, classes: classes,
            classWeights: isBalanced ? set.counts.map { Double(set.labels.count) / Double(classes * $0) } : nil,
            // For two classes the penalty is that of one vector, as in scikit-learn: two opposite halves have half its
            // square.
            regularization: classes == 2 ? 2 * lambda : lambda)

        let folds = StratifiedFolds(labels: set.labels, groups: set.groups, classes: classes, count: Self.folds)
        let fits = Fits(set, folds, parts: Self.parts)
        let solutions = concurrentMap(fits.subsets.count, threads: threads) { regression.fit(fits.subsets[$0]) }
        let final = solutions[0]

        // A head divides by one length for all photos; held-out logits are computed the same way.
        func logits(_ solution: LogisticRegression.Solution, _ photo: Int) -> [Float] {
            regression.logits(solution, row: photo, scale: Float(lengths[photo] / meanLength))
        }
        let heldOut = folds.map { folds in
            set.labels.indices.map { logits(solutions[fits.fold(folds.folds[$0])], $0) }
        }
        let temperature = heldOut.map { Temperature.fit($0, labels: set.labels) } ?? 1
        let scaled = heldOut?.map { $0.map { Float(Double($0) / temperature) } }

        let (rejection, scores) = rejection(set, folds, scaled)
        let weights = (0..<classes).map { index in
            let weights = final.weights(of: index)
            return (space?.weights(weights) ?? weights).map { Float(Double($0) / (meanLength * temperature)) }
        }
        return TrainedHead(
            kernel: (0..<vectors.columns).flatMap { feature in weights.map { $0[feature] } },
            bias: (0..<classes).map { Float(Double(final.bias(of: $0)) / temperature) },
            regularization: lambda, temperature: temperature, featureLength: meanLength,
            heldOut: folds.map { TrainedHead.HeldOut(folds: $0.count, logits: scaled!, scores: scores) },
            rejection: rejection,
            learningCurve: folds.map { learningCurve(set, $0, fits, solutions, logits) } ?? [])
    }

    private func rejection(
        _ set: TrainingSet, _ folds: StratifiedFolds?, _ logits: [[Float]]?
    ) -> (Rejection?, scores: [Double]?) {
        guard let rejectedShare, let folds, let logits, set.labels.count >= Rejection.minimumPhotos,
            set.counts.min()! >= Rejection.minimumPhotosPerClass
        else { return (nil, nil) }
        @Sendable func means(_ subset: [Int]) -> ClassMeans {
            ClassMeans(
                center: genericMean, features: set.features, labels: set.labels, classes: set.classes.count,
                subset: subset)
        }
        let ofFolds = concurrentMap(folds.count, threads: threads) { fold in
            means(set.labels.indices.filter { folds.folds[$0] != fold })
        }
        let cosines = concurrentMap(set.labels.count, threads: threads) { photo in
            ofFolds[folds.folds[photo]].nearest(to: set.features[photo])
        }
        let energies = logits.map(Rejection.energy)
        let rejection = Rejection(
            center: genericMean, means: means(Array(set.labels.indices)), energies: energies, cosines: cosines,
            quantile: rejectedShare)
        return (rejection, zip(energies, cosines).map { rejection.score(energy: $0, cosine: $1) })
    }

    private func learningCurve(
        _ set: TrainingSet, _ folds: StratifiedFolds, _ fits: Fits, _ solutions: [LogisticRegression.Solution],
        _ logits: (LogisticRegression.Solution, Int) -> [Float]
    ) -> [TrainedHead.LearningPoint] {
        fits.curve.map { part in
            var (right, tested, trained) = (0, 0, 0)
            for (fold, fit) in part.enumerated() {
                trained += fits.subsets[fit].count
                for photo in set.labels.indices where folds.folds[photo] == fold {
                    tested += 1
                    if logits(solutions[fit], photo).indicesOfLargest(1)[0] == set.labels[photo] { right += 1 }
                }
            }
            return TrainedHead.LearningPoint(
                photosPerClass: Double(trained) / Double(part.count * set.classes.count),
                accuracy: Double(right) / Double(tested))
        }
    }
}

/// The subsets of photos that are fitted: all, all but each fold, and parts of the latter.
private struct Fits: Sendable {
    private(set) var subsets: [[Int]]
    /// Per part of the learning curve and per fold: the number of its fit. The last part is the whole.
    private(set) var curve: [[Int]] = []

    init(_ set: TrainingSet, _ folds: StratifiedFolds?, parts: [Double]) {
        subsets = [Array(set.labels.indices)]
        guard let folds else { return }
        for fold in 0..<folds.count { subsets.append(set.labels.indices.filter { folds.folds[$0] != fold }) }
        // Beyond this number of photos one fold suffices.
        let curveFolds = set.labels.count <= 2048 ? folds.count : 1
        for part in parts where set.counts.min()! >= 8 {
            curve.append((0..<curveFolds).map { fold in
                subsets.append(Self.part(part, of: subsets[self.fold(fold)], set, seed: UInt64(fold)))
                return subsets.count - 1
            })
        }
        curve.append((0..<folds.count).map(self.fold))
    }

    /// Returns the number of the fit without that fold.
    func fold(_ fold: Int) -> Int { 1 + fold }

    /// Returns the same share of each class's photos.
    private static func part(_ share: Double, of subset: [Int], _ set: TrainingSet, seed: UInt64) -> [Int] {
        var random = SplitMix64(seed: seed)
        var result: [Int] = []
        for index in set.classes.indices {
            let photos = subset.filter { set.labels[$0] == index }.shuffled(using: &random)
            result += photos.prefix(max(1, Int((Double(photos.count) * share).rounded())))
        }
        return result.sorted()
    }
}
