import Foundation
import TestSupport
import Testing

/// `--views` in the commands other than `classify`.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ViewsTests {
    static let waste = Repository.path("Tests/Fixtures/waste")

    @Test("The features that embed writes for two views are the mean of the squashed photo's and the crop's")
    func embed() throws {
        func features(_ options: [String]) throws -> [Double] {
            let outcome = try Program.run(["embed", "\(Program.photos)/coffee.jpg", "--format", "csv"] + options)
            #expect(outcome.status == 0)
            return outcome.output.split(separator: "\n").last!.split(separator: ",").suffix(2048).map { Double($0)! }
        }
        let (squash, crop) = (try features(["--views", "1"]), try features(["--resize", "center-crop"]))
        let both = try features(["--views", "2"])
        #expect(both.indices.allSatisfy { abs(both[$0] - (squash[$0] + crop[$0]) / 2) < 1e-6 } && both != squash)
    }

    @Test("A collection records the views of its photos, and takes no others")
    func collection() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; mkdir photos; cp "$PHOTOS/coffee.jpg" "$PHOTOS/chelsea.png" photos
            status() { "$XCEPTION" "$@" > out 2> errors; echo "$? $(wc -l < errors)"; }
            status index c.xdb photos --views 2 --quiet
            status index c.xdb photos --quiet; grep -c '2 views' errors
            status similar photos/coffee.jpg --collection c.xdb --quiet
            status similar photos/coffee.jpg --collection c.xdb --views 2 --quiet
            status similar photos/coffee.jpg --in photos --views 2 --quiet
            status duplicates photos --views 2 --quiet
            "$XCEPTION" classify --collection c.xdb --views 2 -k 1 --format csv | tail -n +2 | cut -d, -f5-7 > kept
            "$XCEPTION" classify "$PWD/photos" --views 2 -k 1 --format csv --quiet | tail -n +2 | cut -d, -f5-7 > computed
            cmp kept computed && wc -l < kept
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            == ["0 0", "2 1", "1", "2 1", "0 0", "0 0", "0 0", "2"], "\(outcome.errors)")
    }

    @Test("A head remembers the views it was trained on: classify, evaluate and explain use as many", arguments: ["xception", "mobilenet"])
    func head(network: String) throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; for class in glass paper; do mkdir -p waste/$class; cp $(ls "$WASTE"/$class/*.jpg | head -6) waste/$class; done
            photo=$(ls waste/glass/*.jpg | head -1)
            "$XCEPTION" train waste --model $NETWORK --views 2 -o two.head.safetensors --quiet > /dev/null && echo trained
            answer() { "$XCEPTION" "$photo" --head two.head.safetensors --format csv -k 1 "$@" | tail -1; }
            answer > own; answer --views 1 > one; answer --views 2 > two
            cmp own two && ! cmp -s own one && echo remembers
            "$XCEPTION" model info --head two.head.safetensors | grep -c '2 views'
            "$XCEPTION" evaluate waste --head two.head.safetensors --json --quiet | grep -c '"failed": *0'
            "$XCEPTION" explain "$photo" --head two.head.safetensors --json | grep -c '"map"'
            """#, environment: ["FOLDER": folder.path, "WASTE": Self.waste, "NETWORK": network])
        #expect(outcome.output == "trained\nremembers\n1\n1\n1\n", "\(outcome.errors)")
    }
}
