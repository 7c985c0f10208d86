import ModelFiles
import TestSupport
import Testing
import Xception

@Suite struct ScoresTests {
    @Test("The largest values are those of a full sort, for any number of them", arguments: [0, 1, 5, 249, 250, 999, 1000, 2000])
    func largest(count: Int) {
        // Many equal values: ties go to the lower index.
        let values = randomFloats(1000, seed: 3).map { ($0 * 20).rounded() }
        let sorted = values.indices.sorted { (values[$0], $1) > (values[$1], $0) }
        #expect(values.indicesOfLargest(count) == Array(sorted.prefix(count)))
    }

    @Test("Probabilities of all classes, the best of them, and sums")
    func scores() throws {
        let logits = (0..<1000).map { Float($0 % 7) }
        let scores = Scores(logits, of: ShippedModel.head)
        #expect(abs(scores.sum(over: 0..<1000) - 1) < 1e-6)
        #expect(scores.sum(over: [6, 13]) == 2 * scores.probabilities[6])
        let top = scores.top(3)
        #expect(top.map(\.index) == [6, 13, 20] && top.map(\.rank) == [1, 2, 3])
        #expect(top.map(\.label) == [6, 13, 20].map { ShippedModel.head.classes[$0].label })
        #expect(top.map(\.probability) == [6, 13, 20].map { scores.probabilities[$0] })
    }

    @Test("Features need no head")
    func features() throws {
        let extractor = try FeatureExtractor(backbone: ShippedModel.backbone)
        #expect(extractor.preprocessor == Preprocessor())
        let features = try InferenceSession(extractor, threads: 2).features(goldenInput("chelsea.png"))
        #expect(largestDifference(features, try Goldens("network").values("features/chelsea.png")) < 1e-4)
    }
}
