import ModelFiles
import TestSupport
import Testing
import Xception

/// Keras computes these with the shipped weights (Scripts/goldens/make_goldens.py).
@Suite struct ParityTests {
    static let inputs = try! Goldens("network").names(prefix: "logits/")

    @Test("Logits, probabilities and the order of the best five are Keras'", arguments: inputs)
    func classifier(input: String) throws {
        let expected = try Goldens("network").values("logits/\(input)")
        let logits = try ShippedModel.model.logits(goldenInput(input), threads: 2)
        #expect(largestDifference(logits, expected) < 1e-3)
        let softmax = HeadActivation.softmax
        #expect(largestDifference(softmax.probabilities(logits), softmax.probabilities(expected)) < 1e-5)
        #expect(best(5, of: logits) == best(5, of: expected))
    }

    @Test("The output of every block is Keras'")
    func blocks() throws {
        let goldens = try Goldens("network")
        // The layer that finishes each block.
        func block(of layer: String) -> Int? {
            guard layer.hasPrefix("block") else { return nil }
            let parts = layer.dropFirst("block".count).split(separator: "_")
            let number = Int(parts[0])!
            let last = number == 1 ? "conv2" : number == 14 ? "sepconv2" : (5...12).contains(number) ? "sepconv3" : "shortcut"
            return parts[1] == last ? number : nil
        }
        var seen: [Int] = []
        let session = InferenceSession(ShippedModel.model.extractor, threads: 2)
        let features = try session.features(try goldenInput("chelsea.png")) { layer, output in
            guard let output, let number = block(of: layer) else { return }
            seen.append(number)
            guard let expected = try? goldens.values("blocks/chelsea.png/block\(number)"),
                let statistics = try? goldens.values("statistics/chelsea.png/block\(number)")
            else {
                Issue.record("no golden of block \(number)")
                return
            }
            let values = output.values
            let samples = (0..<256).map { values[$0 * (values.count - 1) / 255] }
            let scale = max(abs(statistics[2]), abs(statistics[3]))
            #expect(largestDifference(samples, expected) < 1e-5 * scale, "block \(number)")
            let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
            #expect(abs(Float(mean) - statistics[0]) < 1e-5 * scale, "block \(number)")
        }
        #expect(seen == Array(1...14))
        #expect(largestDifference(features, try goldens.values("features/chelsea.png")) < 1e-4)
    }

    @Test("PyTorch's variants, each switch", arguments: try! Goldens("variants").names(prefix: "logits/"))
    func variants(name: String) throws {
        let expected = try Goldens("variants").values("logits/\(name)")
        let parts = name.split(separator: "/").map(String.init)
        let switches = parts[0].split(separator: "-")
        var backbone = ShippedModel.backbone
        var network = XceptionNetwork()
        network.stemPadding = switches[0] == "stem1" ? .symmetric : .valid
        network.poolPadding = try #require(WindowPadding(rawValue: String(switches[1])))
        network.shortcutAfterReLU = switches[2] == "after"
        backbone.network = network
        let logits = try Model(backbone: backbone, head: ShippedModel.head).logits(goldenInput(parts[1]), threads: 2)
        #expect(largestDifference(logits, expected) < 1e-3)
        #expect(best(1, of: logits) == best(1, of: expected))
    }

    @Test("A head with a hidden layer and a sigmoid answers what Keras' layers do")
    func hiddenLayer() throws {
        let head = try Head(path: Repository.filePath("Tests/Goldens/hidden.head.safetensors"))
        #expect(head.layerNames == ["hidden1", "predictions"])
        let logits = try Model(backbone: ShippedModel.backbone, head: head).logits(goldenInput("chelsea.png"), threads: 2)
        let expected = try Goldens("network").values("hidden/chelsea.png")
        #expect(largestDifference(head.activation.probabilities(logits), expected) < 1e-5)
    }
}
