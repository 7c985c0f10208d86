import Foundation
import TestSupport
import Testing

/// `--format exiftool`, and what ExifTool makes of it.
@Suite(.serialized) struct KeywordTests {
    private static let hasExifTool = (try? Program.shell("command -v exiftool"))?.status == 0

    private static func objects(_ text: String) throws -> [[String: Any]] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    @Test("An object for each image that gets keywords: the concept, or the predictions that are probable", .timeLimit(.minutes(5)))
    func format() throws {
        let cat = Program.photos + "/chelsea.png"
        let hedged = try Self.objects(try Program.run(["--format", "exiftool", "--hedge", "0.97", cat, Program.odd + "/text.jpg"]).output)
        #expect(hedged.count == 1)
        #expect(hedged[0]["SourceFile"] as? String == cat)
        #expect(hedged[0]["XMP-dc:Subject"] as? [String] == ["auto|cat"])
        #expect(hedged[0]["XMP-lr:HierarchicalSubject"] as? [String] == ["auto|animal|mammal|feline|cat"])
        #expect(hedged[0]["XMP-digiKam:TagsList"] as? [String] == ["auto/animal/mammal/feline/cat"])
        let sidecars = ["--format", "exiftool", "--sidecars", "--prefix", "seen|", cat]
        let named = try Self.objects(try Program.run(sidecars).output)
        #expect(named[0]["SourceFile"] as? String == cat + ".xmp")
        #expect(named[0]["XMP-dc:Subject"] as? [String] == ["seen|Egyptian cat"])
        let coins = try Self.objects(try Program.run(["--format", "exiftool", Program.photos + "/coins.png"]).output)
        #expect(coins.isEmpty, "no label is that probable")
    }

    /// The command of Documentation/recipes.md.
    private static let undo = #"""
        exiftool -q -q -P -overwrite_original -sep // -ext '*' -tagsFromFile @ \
          '-XMP-dc:Subject-<${XMP-dc:Subject@;$_=undef unless /^auto\|/}' \
          '-XMP-lr:HierarchicalSubject-<${XMP-lr:HierarchicalSubject@;$_=undef unless /^auto\|/}' \
          '-XMP-digiKam:TagsList-<${XMP-digiKam:TagsList@;$_=undef unless m{^auto/}}' p/
        """#

    @Test("Written and taken back: the owner's keywords, times and everything else stay", .enabled(if: hasExifTool), .timeLimit(.minutes(5)))
    func undone() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; mkdir p; cp "$PHOTOS"/*.jpg "$PHOTOS/chelsea.png" p/; cp p/coffee.jpg 'p/*'; cp p/coffee.jpg 'p/ö "x".jpg'
            exiftool -q -overwrite_original -XMP-dc:Subject=mum -XMP-dc:Subject='auto' -XMP-lr:HierarchicalSubject='places|Rome' \
              -XMP-digiKam:TagsList=places/Rome -XMP-xmp:Rating=4 p/chelsea.png p/flower.jpg
            echo '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
              xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:darktable="http://darktable.sf.net/" darktable:history_end="3"
              ><dc:subject><rdf:Bag><rdf:li>mine</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>' > p/china.jpg.xmp
            touch -d 2020-02-02 p/*
            state() { exiftool -j -a -G1 -all -ext '*' --FileSize --FileAccessDate --FileInodeChangeDate --XMPToolkit p/; }
            state > before; (cd p; sha256sum *.jpg *.png '*') > sums
            "$XCEPTION" --quiet --hedge 0.8 --format exiftool p/*.jpg p/*.png 'p/*' > k.json
            "$XCEPTION" --quiet --hedge 0.8 --format exiftool --sidecars p/china.jpg > s.json
            write() { exiftool -q -q -P -overwrite_original "$@"; }
            write -json+=k.json -ext jpg -ext png p/; write -json+=k.json 'p/*'; write -json+=s.json p/china.jpg.xmp
            exiftool -q -s3 -Subject p/chelsea.png 'p/ö "x".jpg' 'p/*' p/china.jpg.xmp | grep -v ===
            \#(Self.undo)
            state > after; diff before after && (cd p; sha256sum --quiet -c ../sums) && echo same
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output == """
            mum, auto, auto|Egyptian cat
            auto|espresso
            auto|espresso
            mine, auto|castle or palace

            """ + "same\n", "\(outcome.output)\(outcome.errors)")
    }
}
