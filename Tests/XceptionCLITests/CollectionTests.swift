import Foundation
import TestSupport
import Testing

/// `index`, `similar`, `duplicates` and `--collection`.
@Suite(.serialized, .timeLimit(.minutes(10))) struct CollectionCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Runs a shell command in a folder with two photos, a copy of one, and a damaged one.
    private func shell(_ command: String) throws -> Program.Outcome {
        try Program.shell(
            #"""
            cd "$FOLDER"; mkdir -p photos
            cp "$PHOTOS/chelsea.png" "$PHOTOS/coffee.jpg" photos
            cp photos/coffee.jpg photos/copy.jpg; head -c 2000 photos/coffee.jpg > photos/short.jpg
            x() { "$XCEPTION" "$@"; }
            """# + "\n" + command, environment: ["FOLDER": folder.path])
    }

    @Test("A collection is made once, brought up to date, and knows files that were moved, changed and removed")
    func index() throws {
        let outcome = try shell(
            #"""
            x index c.xdb photos 2>/dev/null; echo $?
            x index c.xdb photos 2>/dev/null; echo $?
            mv photos other; x index c.xdb other 2>/dev/null
            rm other/copy.jpg; cp "$PHOTOS/china.jpg" other/coffee.jpg; x index c.xdb other 2>/dev/null
            x index c.xdb --verify; x index c.xdb --json | grep -o '"photos": [0-9]*, "failed": [0-9]*'
            """#)
        #expect(outcome.errors == "")
        #expect(outcome.output.split(separator: "\n").map(String.init) == [
            "c.xdb: 3 computed, 0 unchanged, 1 failed", "1",
            "c.xdb: 0 computed, 4 unchanged", "0",
            "c.xdb: 0 computed, 0 unchanged, 4 moved",
            "c.xdb: 1 computed, 2 unchanged, 1 gone",
            "c.xdb: good, 2 photos", #""photos": 2, "failed": 1"#,
        ])
    }

    @Test("A run that is killed leaves a good collection, and the next one goes on")
    func kill() throws {
        let outcome = try shell(
            #"""
            for n in $(seq 40); do cp photos/coffee.jpg photos/$n.jpg; echo $n >> photos/$n.jpg; done
            for wait in 0.3 1.5 3; do timeout -s KILL $wait "$XCEPTION" index c.xdb photos >/dev/null 2>&1
              [ ! -e c.xdb ] || x index c.xdb --verify | cut -d, -f1; done
            x index c.xdb photos >/dev/null 2>&1; x index whole.xdb photos >/dev/null 2>&1
            for f in c whole; do x embed --collection $f.xdb --read-only --format csv -o $f.csv 2>/dev/null; done
            cmp c.csv whole.csv && wc -l < c.csv; ls
            """#)
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.dropLast(6).allSatisfy { $0 == "c.xdb: good" })
        #expect(lines.suffix(6) == ["45", "c.csv", "c.xdb", "photos", "whole.csv", "whole.xdb"])
    }

    @Test("Answers from a collection are those of the photos to within a scale, say so, and need no files")
    func classify() throws {
        let outcome = try shell(
            #"""
            x -k 1 --format jsonl --collection c.xdb photos/coffee.jpg; echo $?
            x index c.xdb photos/chelsea.png >/dev/null
            q() { "$XCEPTION" --quiet -k 1 --format jsonl "$@" |
              sed 's/.*"label": //; s/"milliseconds.*"features/"features/; s/, "model.*//'; }
            q photos/chelsea.png photos/coffee.jpg; q --collection c.xdb photos/chelsea.png photos/coffee.jpg
            q --collection c.xdb; rm -r photos; q --collection c.xdb | wc -l; x -l --min 0.8 --collection c.xdb
            """#)
        let lines = outcome.output.split(separator: "\n").map(String.init)
        try #require(lines.count >= 10)
        #expect(lines[0] == "2" && outcome.errorLines[0].hasPrefix("xception: c.xdb: there is no such collection"))
        func probability(_ line: String) -> Double? {
            line.firstMatch(of: /"probability": ([0-9.]+)/).flatMap { Double($0.1) }
        }
        for (plain, collected) in zip(lines[1...2], lines[3...4]) {
            let (a, b) = try (#require(probability(plain)), #require(probability(collected)))
            #expect(abs(a - b) < 0.0024)
        }
        #expect(!lines[1].contains("features"))
        #expect(lines[3].contains(#""features": "collection""#) && lines[4].contains(#""features": "computed""#))
        #expect(lines[5].contains(#""features": "collection""#) && lines[6].contains(#""features": "collection""#))
        #expect(lines[7] == "2")
        #expect(lines[8].hasSuffix("/photos/chelsea.png"))
    }

    @Test("similar names the nearest photos, with and without a collection, in every format")
    func similar() throws {
        let outcome = try shell(
            #"""
            x index c.xdb photos >/dev/null 2>&1; q=photos/coffee.jpg
            x similar $q -k 2 --collection c.xdb | sed 's|/.*/||'; x similar $q -k 2 --in photos 2>/dev/null
            x similar $q -k 99 --min 0.5 -l -0 --in photos 2>/dev/null | tr '\0' ';'; echo
            x similar photos/short.jpg $q --collection c.xdb --format jsonl -k 1 | sed 's|"/.*/|"|'
            echo ${PIPESTATUS[0]}
            x similar - --collection c.xdb --format csv -k 1 < $q | cut -d, -f1-3
            """#)
        #expect(outcome.output.split(separator: "\n").map(String.init) == [
            " 1.0000  coffee.jpg", " 1.0000  copy.jpg", " 1.0000  photos/coffee.jpg", " 1.0000  photos/copy.jpg",
            "photos/coffee.jpg;photos/copy.jpg;",
            #"{"path": "photos/coffee.jpg", "results": [{"rank": 1, "path": "coffee.jpg", "similarity": 1.0000, "#
                + #""width": 600, "height": 400}]}"#,
            "1", "query,rank,similarity", "-,1,1.0000",
        ])
    }

    @Test("duplicates groups copies, names the one to keep, and never those of a reference")
    func duplicates() throws {
        let outcome = try shell(
            #"""
            touch -d 2001-01-01 photos/copy.jpg; x index c.xdb photos >/dev/null 2>&1
            x duplicates photos 2>/dev/null | tail -1
            x duplicates --collection c.xdb -l | sed 's|/.*/||'
            x duplicates --collection c.xdb -l --prefer photos/coffee.jpg | sed 's|/.*/||'
            x duplicates --collection c.xdb -l --reference photos; echo $?
            x duplicates --collection c.xdb --format jsonl | sed 's|"/[^"]*/|"|g'
            x duplicates --collection c.xdb --format csv | cut -d, -f1,2,5-9
            """#)
        #expect(outcome.output.split(separator: "\n").map(String.init) == [
            "1 group, 1 photo could go (0.1 MB)", "coffee.jpg", "copy.jpg", "0",
            #"{"kept": {"path": "copy.jpg", "width": 600, "height": 400, "bytes": 72326}, "reason": "oldest", "#
                + #""copies": [{"path": "coffee.jpg", "width": 600, "height": 400, "bytes": 72326, "#
                + #""similarity": 1.0000, "evidence": "hash", "reference": false}]}"#,
            "group,role,height,bytes,similarity,evidence,reason", "1,keep,400,72326,,,oldest",
            "1,copy,400,72326,1.0000,hash,",
        ])
    }

    @Test("A collection without a readable photo has nothing to compare",
          arguments: ["duplicates", "similar coffee.jpg"])
    func empty(command: String) throws {
        let outcome = try shell(
            #"""
            cd photos; x index e.xdb short.jpg >/dev/null 2>&1; x \#(command) --collection e.xdb --read-only; echo $?
            """#)
        #expect(outcome.errors == "xception: e.xdb: holds no photos; add some: xception index e.xdb PHOTOS\n")
        #expect(outcome.output == "2\n")
    }

    @Test("What cannot be used is one line, and nothing is written to it")
    func refusals() throws {
        let outcome = try shell(
            #"""
            echo text > text.xdb; x index text.xdb photos; x index none.xdb; x index c.xdb photos/chelsea.png
            x similar photos/coffee.jpg --collection c.xdb --precision int8; x duplicates --collection text.xdb
            cat text.xdb; x similar photos/coffee.jpg; x duplicates; x similar photos/coffee.jpg --in /nowhere
            x index /nowhere/c.xdb photos; printf 'x' | dd of=c.xdb bs=1 seek=20000 conv=notrunc 2>/dev/null
            truncate -s 20000 c.xdb; x index c.xdb --verify; x similar photos/coffee.jpg --collection c.xdb
            """#)
        let beginnings = [
            "text.xdb: is not a collection but a file of another kind", "none.xdb: there is no such collection",
            "c.xdb: was made with precision fp32, not int8", "text.xdb: is not a collection", "nothing to search: give",
            "no input: give images or directories", "/nowhere: there is no such file",
        ]
        for (line, beginning) in zip(outcome.errorLines, beginnings) {
            #expect(line.hasPrefix("xception: " + beginning))
        }
        #expect(outcome.errorLines.count == beginnings.count + 3)
        #expect(outcome.errorLines.suffix(2).allSatisfy { $0.contains("c.xdb: ") && $0.contains("damaged") })
        #expect(outcome.output.split(separator: "\n") == ["c.xdb: 1 computed, 0 unchanged", "text"])
    }
}
