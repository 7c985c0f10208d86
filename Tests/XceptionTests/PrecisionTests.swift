import Foundation
import KernelSelection
import Kernels
import TestSupport
import Testing
import Xception

/// Whole networks in int8 and bfloat16 beside 32-bit floats.
@Suite struct PrecisionTests {
    static let photos = try! Goldens("network").names(prefix: "logits/").filter { !$0.hasPrefix("random") }

    /// The ratio of the logits' variance to that of their errors, in decibels.
    private func signalToNoise(_ values: [Float], _ expected: [Float]) -> Double {
        let mean = expected.reduce(0.0) { $0 + Double($1) } / Double(expected.count)
        var (signal, noise) = (0.0, 0.0)
        for (value, expected) in zip(values, expected) {
            signal += (Double(expected) - mean) * (Double(expected) - mean)
            noise += Double(value - expected) * Double(value - expected)
        }
        return 10 * log10(signal / noise)
    }

    @Test("The first label is that of 32-bit floats, and the logits are near", arguments: photos, [Precision.int8, .bf16])
    func logits(photo: String, precision: Precision) throws {
        // Only some processors have instructions for bfloat16.
        guard ProcessorKernels.best.products(precision) != nil else { return }
        let expected = try Goldens("network").values("logits/\(photo)")
        let model = try Model(backbone: ShippedModel.backbone, head: ShippedModel.head, precision: precision)
        let alone = try model.logits(try goldenInput(photo))
        #expect(best(1, of: alone) == best(1, of: expected))
        // 7-bit weights give some 20 dB here.
        #expect(signalToNoise(alone, expected) > (precision == .int8 ? 15 : 25))
        #expect(try model.logits(try goldenInput(photo), threads: 2) == alone)
    }
}
