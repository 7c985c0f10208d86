import Foundation
import TestSupport
import Testing

/// A network by its name.
@Suite(.serialized, .timeLimit(.minutes(5))) struct NetworkTests {
    @Test("--model mobilenet classifies with MobileNet and its own head")
    func classify() throws {
        let outcome = try Program.run(["--model", "mobilenet", "-k", "1", "--json", "\(Program.photos)/chelsea.png"])
        #expect(outcome.status == 0)
        let document = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let model = try #require(document["model"] as? [String: Any])
        #expect(model["name"] as? String == "mobilenet/imagenet")
        let results = try #require(document["results"] as? [[String: Any]])
        let best = try #require((results[0]["predictions"] as? [[String: Any]])?.first)
        // Egyptian cat
        #expect(best["index"] as? Int == 285)
    }

    @Test("summary counts MobileNet's parameters as Keras does")
    func summary() throws {
        let outcome = try Program.run(["summary", "--model", "mobilenet"])
        #expect(outcome.status == 0)
        let total = try #require(outcome.output.split(separator: "\n").first { $0.hasPrefix("total") })
        #expect(total.split(separator: " ").contains("4,253,864"))
        #expect(outcome.output.contains("conv_dw_13") && outcome.output.contains("DepthwiseConv2D"))
    }

    @Test("A head of the other network is refused, as is a name that nothing has")
    func mismatch() throws {
        let head = try Program.run(["--model", "mobilenet", "--head", "imagenet", "\(Program.photos)/chelsea.png"])
        #expect(head.status == 2 && head.output.isEmpty)
        #expect(head.errors.contains("made for another backbone") && head.errorLines.count == 1)
        let name = try Program.run(["--model", "resnet", "\(Program.photos)/chelsea.png"])
        #expect(name.status == 2 && name.errors.hasPrefix("xception: resnet-backbone.safetensors: no such model file"))
    }

    @Test("--precision auto takes MobileNet's 32-bit floats or bfloat16, never its 8 bits")
    func automatic() throws {
        let outcome = try Program.run(["--model", "mobilenet", "--precision", "auto", "--json", "\(Program.photos)/coffee.jpg"])
        #expect(outcome.status == 0)
        #expect(!outcome.output.contains("\"precision\": \"int8\"") && !outcome.output.contains("\"precision\":\"int8\""))
    }
}
