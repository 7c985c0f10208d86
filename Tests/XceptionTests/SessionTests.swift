import ModelFiles
import Testing
import Xception

@Suite struct SessionTests {
    @Test("How many threads work changes nothing", arguments: [2, 3, 5])
    func threads(count: Int) throws {
        let input = try randomInput(seed: 7, height: 160, width: 200)
        let alone = try ShippedModel.model.logits(input)
        #expect(try ShippedModel.model.logits(input, threads: count) == alone)
    }

    @Test("A session answers the same at any time, whatever sizes come between")
    func repeated() throws {
        let session = InferenceSession(ShippedModel.model.extractor, threads: 2)
        let input = try randomInput(seed: 3, height: 150, width: 150)
        let first = try session.features(input)
        _ = try session.features(randomInput(seed: 4, height: 299, width: 71))
        _ = try session.features(randomInput(seed: 5, height: 71, width: 71))
        #expect(try session.features(input) == first)
    }

    @Test("Predictions are ranked, named, and add up to one")
    func predictions() throws {
        let session = InferenceSession(ShippedModel.model.extractor, threads: 2)
        let scores = try session.scores(goldenInput("chelsea.png"), ShippedModel.model.headWeights)
        let predictions = scores.top(1000)
        #expect(predictions.count == 1000)
        #expect(predictions.map(\.rank) == Array(1...1000))
        #expect(predictions[0].label == "Egyptian cat")
        #expect(predictions[0].id == "n02124075")
        #expect(predictions[0].index == 285)
        #expect(zip(predictions, predictions.dropFirst()).allSatisfy { $0.probability >= $1.probability })
        #expect(abs(predictions.reduce(0) { $0 + $1.probability } - 1) < 1e-5)
        #expect(scores.top(3) == Array(predictions.prefix(3)))
    }

    @Test("Parameters and multiply-adds are those of Keras' model.summary() and the paper")
    func summary() {
        let layers = XceptionNetwork().layers(height: 299, width: 299)
        #expect(layers.reduce(0) { $0 + $1.parameters } == 20_861_480)
        #expect(ShippedModel.head.layers.reduce(0) { $0 + $1.parameters } == 2_049_000)
        // 36 convolution layers on the main path, 4 in shortcuts.
        #expect(layers.count == 40)
        #expect(layers.filter { $0.name.hasSuffix("_shortcut") }.count == 4)
        #expect(layers.reduce(0) { $0 + $1.multiplyAdds } == 8_355_355_496)
        #expect(layers.last?.height == 10)
        #expect(layers.last?.channels == 2048)
    }

    @Test("The counts of PyTorch tutorials: trainable parameters, 4 classes, with and without shortcut convolutions")
    func trainableParameters() {
        let layers = XceptionNetwork().layers(height: 299, width: 299)
        func trainable(_ layers: [LayerDescription]) -> Int {
            layers.reduce(0) { $0 + $1.parameters - $1.nonTrainableParameters }
        }
        // Keras' model.summary() of the whole network.
        #expect(trainable(layers + ShippedModel.head.layers) == 22_855_952)
        let fourClasses = 2048 * 4 + 4
        #expect(trainable(layers) + fourClasses == 20_815_148)
        // A tutorial's network without the four 1x1 shortcut convolutions, as torchsummary prints it.
        #expect(trainable(layers.filter { !$0.name.hasSuffix("_shortcut") }) + fourClasses == 19_838_076)
    }

    @Test("Classes are told apart by id and by label")
    func classes() {
        let classes = ShippedModel.head.classes
        #expect(classes.count == 1000)
        #expect(Set(classes.map(\.id)).count == 1000)
        #expect(Set(classes.map(\.label)).count == 1000)
        #expect(classes[0] == ClassLabel(id: "n01440764", label: "tench"))
        #expect(classes[999] == ClassLabel(id: "n15075141", label: "toilet tissue"))
    }
}
