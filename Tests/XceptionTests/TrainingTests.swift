import ModelFiles
import TestSupport
import Testing
import Xception

/// Expected values are scikit-learn's and SciPy's (Scripts/goldens/make_training_goldens.py).
@Suite struct TrainingTests {
    private static let channels = 96

    /// Made-up photos of three classes, as the script makes them.
    private static func set(_ count: Int, seed: UInt64, groups: [Int]? = nil) -> TrainingSet {
        let random = randomFloats(count * channels, seed: seed)
        let features = (0..<count).map { photo in
            (0..<channels).map { abs(random[photo * channels + $0]) + ($0 % 3 == photo % 3 ? 0.5 : 0) }
        }
        return TrainingSet(classes: ["a", "b", "c"], features: features, labels: (0..<count).map { $0 % 3 }, groups: groups)
    }

    private static func training(threads: Int = 2) -> HeadTraining {
        var training = HeadTraining(genericMean: [Float](repeating: 0.1, count: channels), threads: threads)
        training.regularization = 1e-4
        return training
    }

    @Test("Probabilities are scikit-learn's, with fewer photos than features and with more", arguments: [("few", 40, 33), ("many", 120, 34)])
    func probabilities(name: String, count: Int, seed: Int) throws {
        let set = Self.set(count, seed: UInt64(seed))
        let head = Self.training()(set)
        let computed = set.features.flatMap { features in
            // The temperature is folded in; scikit-learn has none.
            HeadActivation.softmax.probabilities((0..<3).map { index in
                let sum = (0..<Self.channels).reduce(0.0) { $0 + Double(features[$1]) * Double(head.kernel[$1 * 3 + index]) }
                return Float((sum + Double(head.bias[index])) * head.temperature)
            })
        }
        #expect(largestDifference(computed, try Goldens("training").values("\(name)/probabilities")) < 2e-3)
    }

    @Test("The temperature is SciPy's, and 1 for few photos")
    func temperature() throws {
        let logits = randomFloats(300, seed: 32).map { 4 * $0 }
        let scores = (0..<100).map { Array(logits[3 * $0..<3 * $0 + 3]) }
        let labels = scores.enumerated().map { ($1.indicesOfLargest(1)[0] + ($0 % 4 == 0 ? 1 : 0)) % 3 }
        let expected = Double(try Goldens("training").values("temperature")[0])
        #expect(abs(Temperature.fit(scores, labels: labels) / expected - 1) < 1e-4)
        #expect(Temperature.fit(Array(scores.prefix(19)), labels: Array(labels.prefix(19))) == 1)
    }

    @Test("The same bits on any number of threads")
    func threads() {
        let set = Self.set(60, seed: 5)
        let alone = Self.training(threads: 1)(set)
        for threads in [2, 3] {
            let head = Self.training(threads: threads)(set)
            #expect(head.kernel == alone.kernel && head.bias == alone.bias && head.rejection == alone.rejection)
            #expect(head.heldOut?.logits == alone.heldOut?.logits && head.learningCurve == alone.learningCurve)
        }
    }

    @Test("Photos of one group are never on both sides of a fold")
    func groups() throws {
        // Each feature vector twice: with its copy in training a photo is always right.
        let single = Self.set(30, seed: 6)
        let noise = randomFloats(30 * Self.channels, seed: 7).map { abs($0) }
        let features = (0..<30).map { Array(noise[$0 * Self.channels..<($0 + 1) * Self.channels]) }
        func right(_ groups: [Int]?) throws -> Int {
            let set = TrainingSet(
                classes: single.classes, features: features + features, labels: single.labels + single.labels, groups: groups)
            let heldOut = try #require(Self.training()(set).heldOut)
            return zip(heldOut.logits, set.labels).count { $0.indicesOfLargest(1) == [$1] }
        }
        let together = try right(Array(0..<30) + Array(0..<30))
        #expect(try right(nil) > together + 15, "copies on the other side give the class away")
    }

    @Test("A class with one photo leaves nothing to hold out; few photos give no rejection")
    func fewPhotos() throws {
        let set = Self.set(5, seed: 8)
        let head = Self.training()(set)
        #expect(head.heldOut == nil && head.temperature == 1 && head.rejection == nil && head.learningCurve.isEmpty)
        #expect(Self.training()(Self.set(45, seed: 9)).rejection == nil)
        #expect(Self.training()(Self.set(60, seed: 9)).rejection != nil)
    }

    @Test("Rejection: the share of held-out photos that was asked for, and a photo of another kind")
    func rejection() throws {
        let set = Self.set(120, seed: 10)
        let head = Self.training()(set)
        let rejection = try #require(head.rejection)
        let scores = try #require(head.heldOut?.scores)
        #expect(scores.count { $0 < rejection.parameters.threshold } == 6)
        let foreign = (0..<Self.channels).map { $0 < 3 ? Float(5) : 0 }
        func logits(_ features: [Float]) -> [Float] {
            (0..<3).map { index in
                (0..<Self.channels).reduce(head.bias[index]) { $0 + features[$1] * head.kernel[$1 * 3 + index] }
            }
        }
        #expect(rejection.score(features: foreign, logits: logits(foreign)).isRejected)
        #expect(set.features.count { rejection.score(features: $0, logits: logits($0)).isRejected } < 12)
    }

    @Test("A trained head is a head file, with its record and its rejection")
    func file() throws {
        let folder = try TemporaryFolder()
        let count = 2048
        let parameters = RejectionParameters(
            energyMean: 4, energyDeviation: 1.5, cosineMean: 0.4, cosineDeviation: 0.1, threshold: -2.5, quantile: 0.05)
        let record = TrainingRecord(
            photos: [20, 30], regularization: 1.5e-4, temperature: 0.9, heldOutRight: 48, folds: 5, date: "2026-01-02",
            command: "xception train a")
        let means = randomFloats(2 * count, seed: 1), center = randomFloats(count, seed: 2)
        let file = Head.file(
            name: "two", classes: [ClassLabel(id: "a/b", label: "a/b"), ClassLabel(id: "\"c\"", label: "\"c\"")], activation: .softmax,
            layers: [Head.Dense(kernel: randomFloats(2 * count, seed: 3), bias: [0, 1])], backboneSHA256: ShippedModel.backbone.sha256,
            training: record, rejection: (parameters, means, center))
        let head = try Head(path: folder.write("two", file.serialized()))
        #expect(head.training == record && head.rejection == parameters)
        let rejection = try #require(try Model(backbone: ShippedModel.backbone, head: head).headWeights.rejection)
        #expect(rejection.means == means && rejection.center == center)
        try head.file.verify()
    }
}
