import TestSupport
import Testing
import Xception

@Suite struct EvaluationTests {
    @Test("Wilson's interval", arguments: [
        // statsmodels.stats.proportion.proportion_confint(method="wilson")
        (89, 108, 0.7415, 0.8844), (843, 1000, 0.8191, 0.8642), (10, 10, 0.7225, 1), (0, 5, 0, 0.4345),
    ])
    func wilson(count: Int, total: Int, low: Double, high: Double) {
        let interval = Share(count, of: total).interval
        #expect(abs(interval.lowerBound - low) < 1e-4 && abs(interval.upperBound - high) < 1e-4)
        #expect(Share(0, of: 0).value == nil && Share(0, of: 0).interval == 0...1)
    }

    private static func outcome(_ label: Int, _ predicted: Int, _ confidence: Float, rank: Int = 1, rejected: Bool = false)
        -> Evaluation.Outcome {
        Evaluation.Outcome(label: label, predicted: predicted, confidence: confidence, rank: rank, isRejected: rejected)
    }

    @Test("Precision, recall, F1 and confusions; a class that is never predicted has no precision")
    func figures() {
        let evaluation = Evaluation(
            [Self.outcome(0, 0, 0.9), Self.outcome(0, 1, 0.8, rank: 2), Self.outcome(0, 1, 0.6, rank: 3), Self.outcome(1, 1, 0.7),
             Self.outcome(2, 1, 0.95, rank: 7), Self.outcome(2, 0, 0.5, rank: 2), Self.outcome(1, 1, 0.4, rejected: true)],
            classes: 4)
        #expect(evaluation.top1 == Share(2, of: 7) && evaluation.top5 == Share(5, of: 7) && evaluation.rejected == 1)
        #expect(evaluation.classes[0].recall == 1.0 / 3 && evaluation.classes[0].precision == 0.5 && evaluation.classes[0].f1 == 0.4)
        #expect(evaluation.classes[2].precision == nil && evaluation.classes[2].recall == 0 && evaluation.classes[2].f1 == 0)
        #expect(evaluation.classes[3].recall == nil && evaluation.classes[3].f1 == nil)
        #expect(evaluation.confusions.map { [$0.label, $0.predicted, $0.count] } == [[0, 1, 2], [2, 0, 1], [2, 1, 1]])
        #expect(evaluation.worstMistakes.first == 4)
    }

    @Test("The calibration error is NumPy's, and chance alone gives a perfectly calibrated one some")
    func calibration() throws {
        let draws = randomFloats(600, seed: 31).map { ($0 + 1) / 2 }
        let outcomes = (0..<200).map { index in
            let confidence = draws[3 * index]
            return Self.outcome(0, draws[3 * index + 1] < confidence ? 0 : 1, confidence)
        }
        let calibration = Calibration(Evaluation(outcomes, classes: 2))
        #expect(abs(Float(calibration.error) - (try Goldens("training").values("ece")[0])) < 1e-5)
        #expect(calibration.errorByChance > 0.02 && calibration.errorByChance < calibration.highErrorByChance)
        #expect(calibration.bins.reduce(0) { $0 + $1.photos } == 200)
    }

    @Test("Coverage, and the probability from which on predictions are right")
    func coverage() {
        let confidences: [(Float, Bool)] = [(0.99, true), (0.9, true), (0.8, false), (0.7, true), (0.2, false)]
        let coverage = Coverage(Evaluation(confidences.map { Self.outcome(0, $0.1 ? 0 : 1, $0.0) }, classes: 2))
        #expect(coverage.points.map(\.threshold) == (0..<10).map { Float($0) / 10 })
        #expect(coverage.points[0].coverage == 1 && coverage.points[0].accuracy == 0.6)
        #expect(coverage.points[8].coverage == 0.6 && coverage.points[8].accuracy == 2.0 / 3)
        #expect(coverage.threshold(precision: 0.95)?.threshold == 0.9)
        #expect(coverage.threshold(precision: 0.75)?.threshold == 0.7)
        let wrong = Coverage(Evaluation([Self.outcome(0, 1, 0.9)], classes: 2))
        #expect(wrong.threshold(precision: 0.95) == nil && wrong.points[9].accuracy == 0)
    }
}
