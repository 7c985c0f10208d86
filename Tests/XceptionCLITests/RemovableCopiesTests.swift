import Foundation
import TestSupport
import Testing

/// Files that `duplicates --list` names can be removed: of each picture one stays.
@Suite(.timeLimit(.minutes(5))) struct RemovableCopiesTests {
    private static func shell(_ lines: String) throws -> Program.Outcome {
        let folder = try TemporaryFolder()
        return try Program.shell(
            #"""
            cd "$FOLDER"; mkdir photos; cp "$PHOTOS/chelsea.png" photos/m.png; touch -d 2020-01-01 photos/m.png
            x() { "$XCEPTION" "$@" --model mobilenet; }
            """# + "\n" + lines, environment: ["FOLDER": folder.path])
    }

    @Test("Other names of a file are not its copies: neither links nor names in a collection")
    func links() throws {
        let outcome = try Self.shell(
            #"""
            cd photos; ln -s m.png a.png; ln -s m.png z.png; ln m.png b.png; ln m.png y.png; cd ..
            x duplicates photos -l; x index c.xdb photos --quiet; x duplicates --collection c.xdb -l; echo none
            cp photos/m.png copy.png; x duplicates photos copy.png -l; x index c.xdb copy.png --quiet
            x duplicates --collection c.xdb -l | sed 's|.*/||'
            """#)
        #expect(outcome.output == "none\ncopy.png\ncopy.png\n")
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    }

    @Test("Where the photo to keep is gone or has changed since it was indexed, no copy of it is listed")
    func lost() throws {
        let outcome = try Self.shell(
            #"""
            cp photos/m.png photos/copy.png; x index c.xdb photos --quiet
            x duplicates --collection c.xdb -l | sed 's|.*/||'
            mv photos/m.png away.png; x duplicates --collection c.xdb -l; echo gone
            cp "$PHOTOS/coffee.jpg" photos/m.png; x duplicates --collection c.xdb -l; echo changed
            cp -p away.png photos/m.png; x duplicates --collection c.xdb -l | sed 's|.*/||'
            rm photos/copy.png; x duplicates --collection c.xdb -l; echo copy gone
            """#)
        #expect(outcome.output == "copy.png\ngone\nchanged\ncopy.png\ncopy gone\n")
        let lines = outcome.errors.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(
            lines.allSatisfy {
                $0.hasPrefix("xception: 1 group left out, since the photo to keep is gone or has changed, such as ")
                    && $0.hasSuffix("/photos/m.png; update the collection with xception index")
            }, "\(outcome.errors)")
    }

    @Test("Where no file is there, as on a disk that is not mounted, groups are those of the collection")
    func unmounted() throws {
        let outcome = try Self.shell(
            #"""
            cp photos/m.png photos/copy.png; x index c.xdb photos --quiet; mv photos away
            x duplicates --collection c.xdb -l | sed 's|.*/||'
            """#)
        #expect(outcome.output == "copy.png\n")
        #expect(outcome.errors.isEmpty)
    }
}
