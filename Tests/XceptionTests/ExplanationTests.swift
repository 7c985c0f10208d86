import ModelFiles
import TestSupport
import Testing
import Xception

@Suite struct ExplanationTests {
    @Test("The mean of a map plus its bias is the logit, for a linear head and through a hidden layer")
    func sum() throws {
        let hidden = try Head(path: Repository.filePath("Tests/Goldens/hidden.head.safetensors"))
        for (head, index) in [(ShippedModel.head, 285), (ShippedModel.head, 3), (hidden, 1)] {
            let model = try Model(backbone: ShippedModel.backbone, head: head)
            let session = InferenceSession(model.extractor, threads: 2)
            let (features, means) = try session.featureMap(goldenInput("chelsea.png"))
            let map = ClassActivationMap(features, try HeadGradient(head)(of: index, at: means))
            let mean = map.plane.values.reduce(0, +) / Float(map.plane.values.count)
            let logit = try session.logits(ofFeatures: means, model.headWeights)[index]
            #expect(abs(mean + map.bias - logit) < 2e-4)
        }
    }

    @Test("The strongest region of a cat is its face")
    func region() throws {
        let session = InferenceSession(ShippedModel.model.extractor, threads: 2)
        let (features, means) = try session.featureMap(goldenInput("chelsea.png"))
        let map = ClassActivationMap(features, try HeadGradient(ShippedModel.head)(of: 285, at: means))
        #expect(map.plane.width == 10 && map.plane.height == 10)
        let region = try #require(map.strongestRegion)
        #expect(region.columns.contains(3) && region.rows.contains(5))
        #expect(!region.columns.contains(0) && !region.rows.contains(9))
    }

    @Test("Enlarging keeps a constant, and a guided filter follows an edge")
    func picture() {
        let flat = FloatPlane(width: 3, height: 2, values: [Float](repeating: 2, count: 6)).enlarged(width: 30, height: 17)
        #expect(flat.values.allSatisfy { abs($0 - 2) < 1e-5 })
        // The plane's step is blurred and one pixel off; the guide's is sharp.
        let guide = FloatPlane(width: 16, height: 4, values: (0..<64).map { $0 % 16 < 8 ? 0 : 1 })
        let plane = FloatPlane(width: 16, height: 4, values: (0..<64).map { min(1, max(0, Float($0 % 16 - 6) / 4)) })
        let filtered = GuidedFilter(radius: 4, epsilon: 1e-4)(plane, guide: guide)
        #expect(filtered.values[8] - filtered.values[7] > 0.5)
    }
}
