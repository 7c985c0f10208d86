import Kernels
import ModelFiles
import TestSupport
import Testing
import Xception

/// Keras computes these with the shipped weights, and NumPy the blocks (Scripts/goldens/make_mobilenet_goldens.py).
@Suite struct MobileNetTests {
    static let inputs = try! Goldens("mobilenet").names(prefix: "logits/")

    @Test("Logits, probabilities and the order of the best five are Keras'", arguments: inputs)
    func classifier(input: String) throws {
        let expected = try Goldens("mobilenet").values("logits/\(input)")
        let softmax = HeadActivation.softmax
        for threads in [1, 2] {
            let logits = try ShippedMobileNet.model.logits(try goldenInput(input, size: 224), threads: threads)
            #expect(largestDifference(logits, expected) < 1e-3)
            #expect(largestDifference(softmax.probabilities(logits), softmax.probabilities(expected)) < 1e-5)
            #expect(best(5, of: logits) == best(5, of: expected))
        }
    }

    @Test("The kernels of every processor give Keras' probabilities, too")
    func portable() throws {
        let expected = try Goldens("mobilenet").values("logits/chelsea.png")
        let model = try Model(
            backbone: ShippedMobileNet.backbone, head: ShippedMobileNet.head,
            kernels: ProcessorKernels(PortableKernels.self))
        let logits = try model.logits(try goldenInput("chelsea.png", size: 224))
        let softmax = HeadActivation.softmax
        #expect(largestDifference(softmax.probabilities(logits), softmax.probabilities(expected)) < 1e-5)
    }

    @Test("The output of every block is that of the network in 64-bit floats")
    func blocks() throws {
        let goldens = try Goldens("mobilenet")
        var seen: [String] = []
        let session = InferenceSession(ShippedMobileNet.model.extractor, threads: 2)
        let features = try session.features(try goldenInput("chelsea.png", size: 224)) { layer, output in
            guard let output else { return }
            seen.append(layer)
            guard let expected = try? goldens.values("blocks/chelsea.png/\(layer)"),
                let statistics = try? goldens.values("statistics/chelsea.png/\(layer)")
            else {
                Issue.record("no golden of \(layer)")
                return
            }
            let values = output.values
            let samples = (0..<256).map { values[$0 * (values.count - 1) / 255] }
            let scale = max(abs(statistics[2]), abs(statistics[3]))
            // The last block amplifies the rounding of Strassen's algorithm in those before it.
            let tolerance: Float = layer == "conv_pw_13" ? 2e-5 : 1e-5
            #expect(largestDifference(samples, expected) < tolerance * scale, "\(layer)")
            let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
            #expect(abs(Float(mean) - statistics[0]) < 1e-5 * scale, "\(layer)")
        }
        #expect(seen == ["conv1"] + (1...13).map { "conv_pw_\($0)" })
        #expect(largestDifference(features, try goldens.values("features/chelsea.png")) < 1e-4)
    }

    @Test("Parameters and shapes are those that Keras lists")
    func summary() {
        let layers = ShippedMobileNet.backbone.network.layers(height: 224, width: 224) + ShippedMobileNet.head.layers
        #expect(layers.reduce(0) { $0 + $1.parameters } == 4_253_864)
        #expect(layers.reduce(0) { $0 + $1.nonTrainableParameters } == 21_888)
        let last = layers[layers.count - 2]
        #expect([last.height, last.width, last.channels] == [7, 7, 1024])
        #expect(layers.count == 28)
    }
}
