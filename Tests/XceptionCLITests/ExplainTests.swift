import Foundation
import Images
import TestSupport
import Testing
import Xception

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

    @Test("Pictures: in the photo's own size above a legend, classes side by side, PNG and JPEG, one per photo")
    func pictures() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; mkdir photos photos/b; cp "$PHOTOS/chelsea.png" photos; cp "$PHOTOS/coffee.jpg" photos/b
            cp "$PHOTOS/astronaut.jpg" photos/b/chelsea.jpg; cp photos/chelsea.png plain
            x() { "$XCEPTION" "$@" --quiet 2>&1; }
            x explain photos/chelsea.png -o heat.png; x explain -k 2 photos/chelsea.png -o heat.jpg; x explain photos -o maps/
            x explain --format jpeg plain > stdout.jpg; x explain --resize center-crop plain -o crop.png
            ls . maps
            """#, environment: ["FOLDER": folder.path])
        #expect(
            outcome.output.split(separator: "\n").joined(separator: " ")
                == ".: crop.png heat.jpg heat.png maps photos plain stdout.jpg maps: chelsea-2.png chelsea.png coffee.png")
        func image(_ name: String) throws -> RGBImage { try RGBImage(contentsOf: folder.url.appending(path: name)) }
        let photo = try image("photos/chelsea.png"), heat = try image("heat.png")
        // The legend adds 24 rows of dots of 2 x 2 pixels.
        #expect(photo.width == 451 && photo.height == 300)
        #expect(heat.width == 451 && heat.height == 300 + 48)
        #expect(try image("heat.jpg").width == 2 * 451 && image("stdout.jpg").height == 348)
        // What speaks for a cat is its face; the corners, that hardly do, keep most of their colour.
        func difference(_ image: RGBImage, _ x: Int, _ y: Int) -> Int {
            let (a, b) = (photo.pixels, image.pixels)
            return (0..<3).map { abs(Int(a[3 * (y * photo.width + x) + $0]) - Int(b[3 * (y * image.width + x) + $0])) }.max()!
        }
        #expect(difference(heat, 180, 150) > 40 && difference(heat, 448, 297) < 50)
        // A crop sees nothing beside the middle 262 pixels.
        let crop = try image("crop.png")
        #expect(difference(crop, 90, 150) == 0 && difference(crop, 225, 10) == 0 && difference(crop, 225, 150) > 0)
    }

    @Test("A picture replaces an earlier one, but neither a photo nor an edited picture; a directory is none of photos")
    func overwriting() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; mkdir photos maps; cp "$PHOTOS/coffee.jpg" photos; cp "$PHOTOS/coffee.jpg" mine.png; echo text > notes.png
            cp "$PHOTOS/chelsea.png" maps/coffee.png
            x() { "$XCEPTION" explain --quiet "$@" > /dev/null 2> errors; echo "$? $(cat errors)"; }
            for name in heat.png heat.jpg; do x photos/coffee.jpg -o $name; sum=$(sha256sum < $name); x photos/coffee.jpg -o $name
                [ "$(sha256sum < $name)" = "$sum" ] && echo same; printf x >> $name; x photos/coffee.jpg -o $name --force; done
            x photos/coffee.jpg -o photos/coffee.jpg --force; x photos/coffee.jpg -o mine.png; x photos/coffee.jpg -o notes.png
            x photos -o maps; x photos -o photos/maps/; x photos -o heat2.png; x photos -o maps --json
            x empty.jpg -o none.png; cmp "$PHOTOS/coffee.jpg" photos/coffee.jpg; cmp "$PHOTOS/chelsea.png" maps/coffee.png
            find . -name '*.partial'; ls
            """#, environment: ["FOLDER": folder.path])
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines[0...2] == ["0 ", "0 ", "same"] && lines[4...6] == ["0 ", "0 ", "same"])
        for line in [lines[3], lines[7]] { #expect(line.hasPrefix("2 ") && line.contains("which no output replaces")) }
        #expect(lines[8].contains("photos/coffee.jpg: is an input"))
        #expect(lines[9].contains("mine.png: is an image, which no output replaces"))
        #expect(lines[10].contains("notes.png: already exists and is not an unchanged output of xception"))
        #expect(lines[11].contains("maps/coffee.png: exists and was not written by explain"))
        #expect(lines[12].contains("where photos are searched for"))
        #expect(lines[13].contains("a file takes the picture of one photo"))
        #expect(lines[14].contains("is a directory, which takes pictures"))
        #expect(lines[15].hasPrefix("1 "))
        #expect(lines[16...] == ["errors", "heat.jpg", "heat.png", "maps", "mine.png", "notes.png", "photos"])
    }

    @Test("A terminal with colours shows the photo in half blocks, one without plain blocks; a page has overlays")
    func terminalAndPage() throws {
        let folder = try TemporaryFolder()
        let environment = ["FOLDER": folder.path, "COLORTERM": "truecolor", "NO_COLOR": "", "LC_ALL": "C.UTF-8"]
        let color = try Program.terminal(columns: 60, #""$XCEPTION" explain "$PHOTOS/chelsea.png""#, environment: environment)
        #expect(color.output.contains("m▀") && color.output.contains("38;2;"), "\(color)")
        let lines = color.output.split(separator: "\r\n")
        // 48 x 32 pixels, two in a line.
        #expect(lines.count == 1 + 16 && lines.last?.count { $0 == "▀" } == 48)
        let plain = try Program.terminal(
            #""$XCEPTION" explain "$PHOTOS/chelsea.png""#, environment: environment.merging(["NO_COLOR": "1"]) { $1 })
        #expect(plain.output.contains("▓▓") && !plain.output.contains("▀"))

        let page = try Program.shell(
            #"""
            cd "$FOLDER"; "$XCEPTION" --quiet --report r.html --explain "$PHOTOS/coffee.jpg" > /dev/null; grep -c '"evidence": "iVBOR' r.html
            "$XCEPTION" --explain "$PHOTOS/coffee.jpg" 2>&1 | head -1
            "$XCEPTION" --quiet --report r.html --explain --views 2 "$PHOTOS/coffee.jpg" > /dev/null; grep -c '"evidence": "iVBOR' r.html
            """#, environment: environment)
        let answers = page.output.split(separator: "\n")
        #expect(answers[0] == "1" && answers[1].contains("--explain goes with --report") && answers[2] == "1")
    }
}
