import Foundation
import TestSupport
import Testing

/// `explain`: class activation maps.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ExplainTests {
    @Test("A map per class as JSON, and a picture of blocks; a class that does not exist is a line")
    func formats() throws {
        let photo = Program.photos + "/chelsea.png"
        let json = try Program.run(["explain", "--json", "-k", "2", photo])
        let objects = try json.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(objects.count == 2 && json.status == 0)
        #expect(objects[0]["path"] as? String == photo)
        let best = try #require(objects[0]["class"] as? [String: Any])
        #expect(best["label"] as? String == "Egyptian cat" && best["index"] as? Int == 285)
        let map = try #require(objects[0]["map"] as? [[Double]])
        #expect(map.count == 10 && map.allSatisfy { $0.count == 10 })
        let box = try #require(objects[0]["box"] as? [Int])
        // The photo has 451 x 300 pixels.
        #expect(box.count == 4 && box[0] >= 0 && box[1] >= 0 && box[0] + box[2] <= 451 && box[1] + box[3] <= 300)

        let text = try Program.run(["explain", "--class", "n02123045", photo])
        #expect(text.output.contains("tabby") && text.output.split(separator: "\n").count == 11)
        let wrong = try Program.run(["explain", "--class", "tabbi", photo])
        #expect(wrong.status == 64 && wrong.errors.contains("is no class of this head; did you mean tabby?"))
    }
}
