import Foundation
import TestSupport
import Testing

/// Images as files, in directories, in lists.
@Suite(.serialized, .timeLimit(.minutes(10))) struct InputTests {
    static let cat = ClassifyTests.cat
    static let coffee = ClassifyTests.coffee

    /// The paths that lines of JSON answer.
    static func paths(_ output: String) throws -> [String] {
        try output.split(separator: "\n").map {
            try #require((JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])?["path"] as? String)
        }
    }

    @Test("An image on standard input, paths from a list")
    func inputs() throws {
        let bytes = try Data(contentsOf: URL(filePath: Self.cat))
        let piped = try Program.run(["-k", "1", "-"], input: bytes)
        #expect(piped.output.contains("Egyptian cat"))
        let listed = try Program.run(
            ["--format", "jsonl", "--files-from", "-", "--null"], input: Data("\(Self.cat)\0\(Self.coffee)\0".utf8))
        #expect(try Self.paths(listed.output) == [Self.cat, Self.coffee])
        let crlf = try Program.run(["--format", "jsonl", "--files-from", "-"], input: Data("\(Self.cat)\r\n\r\n\(Self.coffee)".utf8))
        #expect(crlf.status == 0)
        #expect(try Self.paths(crlf.output) == [Self.cat, Self.coffee])
    }

    @Test("What is no path in a list is told, and costs no other answer")
    func oddLists() throws {
        let folder = try TemporaryFolder()
        // find names directories too, which would be answered twice if they were searched.
        let directory = try Program.run(
            ["-k1", "--format", "csv", "--files-from", "-"], input: Data("\(folder.path)\n\(Self.coffee)\n".utf8))
        #expect(directory.status == 1)
        #expect(directory.errors == "xception: \(folder.path): is a directory; name it as an argument, not in a list, to have it searched\n")
        #expect(directory.output.contains(",espresso,"))

        // Reading a terminal or an endless device would never end.
        let device = try Program.run(["-k1", "--format", "csv", "--files-from", "-"], input: Data("/dev/zero\n\(Self.coffee)\n".utf8))
        #expect(device.errors == "xception: /dev/zero: is a device; name it as an argument, not in a list, to have it read\n")
        #expect(device.output.contains(",espresso,"))

        let separators = try Program.run(["--files-from", "-"], input: Data("\(Self.cat)\0\(Self.coffee)\0".utf8))
        #expect(separators.status == 1 && separators.output.isEmpty)
        #expect(separators.errorLines.count == 1 && separators.errors.contains("--null"))

        let photo = try Program.run(["--files-from", Self.coffee])
        #expect(photo.status == 2 && photo.errors == "xception: \(Self.coffee) is a JPEG image, not a list of paths; leave out --files-from\n")
        // The mark that Windows writes at the beginning of UTF-8 text.
        let marked = try Program.run(["-k1", "--files-from", "-"], input: Data([0xEF, 0xBB, 0xBF]) + Data(Self.coffee.utf8) + Data("\r\n".utf8))
        #expect(marked.status == 0 && marked.output.contains("espresso"))
        let wide = try Program.run(["--files-from", "-"], input: Data([0xFF, 0xFE, 0x61, 0, 0x0A, 0]))
        #expect(wide.status == 2 && wide.errors.contains("UTF-16"))

        let endless = try Program.run(["--files-from", "/dev/zero"])
        #expect(endless.status == 2)
        #expect(endless.errorLines.count == 1 && endless.errors.contains("expected a list of paths"))
    }

    @Test("What never ends, or is far too large, is refused without being read")
    func endless() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; truncate -s 200G zeros.jpg; printf '\xff\xd8\xff' > claims.jpg; truncate -s 200G claims.jpg
            ulimit -v 4000000; "$XCEPTION" --threads 1 zeros.jpg claims.jpg; "$XCEPTION" --threads 1 - < /dev/zero
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.status == 1)
        #expect(outcome.errorLines.count == 3)
        #expect(outcome.errors.contains("zeros.jpg: this is of an unknown format"))
        #expect(outcome.errors.contains("claims.jpg: the file exceeds the limit of 512 MiB; --max-pixels raises the limit"))
    }

    @Test("Names of any bytes: not UTF-8, quotes, a newline, an emoji; as files, by a directory, in a list")
    func names() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; for n in $'caf\xe9.png' $'a\n"b\\.png' '🐈,x.png' '-dash.png'; do cp "$PHOTOS/chelsea.png" "./$n"; done
            "$XCEPTION" --format jsonl -k 1 . && "$XCEPTION" --format jsonl -k 1 -- ./* \
              && find . -name '*.png' -print0 | sort -z | "$XCEPTION" --format jsonl -k 1 --files-from - --null \
              && cp ./🐈,x.png $'\xf4\x8f\xbe\xaa.png' \
              && "$XCEPTION" --format csv -k 1 $'caf\xe9.png' $'a\n"b\\.png' $'\xf4\x8f\xbe\xaa.png'
            """#, environment: ["FOLDER": folder.path, "LC_ALL": "C"])
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        let lines = outcome.output.split(separator: "\n").prefix(12)
        let expected = ["./-dash.png", "./a\n\"b\\.png", "./caf\u{FFFD}.png", "./🐈,x.png"]
        #expect(try Self.paths(lines.joined(separator: "\n")) == expected + expected + expected)
        #expect(lines.allSatisfy { $0.contains("Egyptian cat") })
        #expect(outcome.output.contains("\"a\n\"\"b\\.png\","))
        // One of the private-use characters that carry bytes which are not UTF-8.
        #expect(outcome.output.contains("\n\u{10FFAA}.png,451,300,"))
    }

    @Test("A file may have any date: centuries ahead, or before there were files")
    func dates() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; for year in 1600 1969 2106 2300 2440; do cp "$PHOTOS/coffee.jpg" $year.jpg; touch -d $year-01-01 $year.jpg; done
            "$XCEPTION" -k 1 .
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.status == 0)
        #expect(outcome.output.split(separator: "\n").count == 5)
    }

    @Test("A directory is searched in natural order, around link loops, past what is no image")
    func directory() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            """
            cd "$FOLDER"; mkdir -p b/deep .hidden; for n in 10.png 2.png b/1.png b/deep/x.PNG .hidden/h.png .h.png unnamed; do
            cp "$PHOTOS/chelsea.png" $n; done; echo text > notes.txt; ln -s .. b/loop; ln -s nowhere.png lost.png; ln -s nowhere lost
            mkfifo pipe.jpg; "$XCEPTION" --verbose --format csv -k 1 . | cut -d, -f1,4
            """, environment: ["FOLDER": folder.path])
        // A link to nowhere that claims to be an image is one that cannot be read.
        #expect(outcome.output.split(separator: "\n")
            == ["path,error", "./2.png,", "./10.png,", "./b/1.png,", "./b/deep/x.PNG,", "./lost.png,not_found", "./unnamed,"])
        #expect(Set(outcome.errorLines) == [
            "xception: ./.h.png: skipped: hidden", "xception: ./.hidden: skipped: hidden",
            "xception: ./b/loop: skipped: a link to a directory; --follow searches it", "xception: ./lost: skipped: not an image",
            "xception: ./notes.txt: skipped: not an image", "xception: ./pipe.jpg: skipped: not an image",
            "xception: ./lost.png: there is no such file",
        ])
    }

    @Test("Links to directories are followed if asked for, and each file is classified once")
    func links() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; mkdir -p lib/2019 lib/2023 other; for n in lib/2019/a lib/2023/b other/c; do cp "$PHOTOS/coffee.jpg" $n.jpg; done
            ln -s ../2019 lib/2023/again; ln -s ../.. lib/2023/up; ln -s ../other lib/other; ln -s 2019/a.jpg lib/link.jpg; ln -s lib/2019 named
            paths() { "$XCEPTION" --quiet -k 1 "$@" | cut -f 1 | tr '\n' ' '; echo; }
            paths lib; paths -L lib; paths named; paths lib/2019/a.jpg lib lib/2019 ./lib/2023/b.jpg lib/2019/a.jpg
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output.split(separator: "\n").map(String.init) == [
            "lib/2019/a.jpg lib/2023/b.jpg lib/link.jpg ",
            "lib/2019/a.jpg lib/2023/b.jpg lib/2023/up/other/c.jpg lib/link.jpg ",
            "named/a.jpg ",
            "lib/2019/a.jpg lib/link.jpg ./lib/2023/b.jpg ",
        ])
    }

    @Test("--include, --exclude, --hidden and --max-depth choose what of a directory is taken")
    func choosing() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; mkdir -p p/a/b p/@eaDir p/.h; for n in p/1.jpg p/2.JPG p/a/3.png p/a/b/4.jpg p/@eaDir/5.jpg p/.h/6.jpg p/.7.jpg; do
            ln "$PHOTOS/coffee.jpg" $n 2> /dev/null || cp "$PHOTOS/coffee.jpg" $n; done
            paths() { "$XCEPTION" --quiet -k 1 "$@" | cut -f 1 | tr '\n' ' '; echo; }
            paths p --exclude @eaDir/; paths p --include '*.jpg'; paths p --include '*.{jpg,JPG}' --exclude 'a/**'; paths --max-depth 2 --exclude '@*' p
            paths --hidden --exclude '[!.]*' p; paths p/@eaDir/5.jpg --exclude '*'
            "$XCEPTION" -k 1 --verbose --max-depth 1 p 2>&1 > /dev/null | grep -v hidden
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output.split(separator: "\n").map(String.init) == [
            "p/1.jpg p/2.JPG p/a/3.png p/a/b/4.jpg ", "p/1.jpg p/@eaDir/5.jpg p/a/b/4.jpg ", "p/1.jpg p/2.JPG p/@eaDir/5.jpg ",
            "p/1.jpg p/2.JPG p/a/3.png ", "p/.7.jpg ", "p/@eaDir/5.jpg ",
            "xception: p/@eaDir: skipped: excluded", "xception: p/a: skipped: excluded",
        ])
    }

    @Test("What cannot be looked into is a failure, not another file; one path that is too long costs no other")
    func failures() throws {
        let folder = try TemporaryFolder()
        // A file of /proc that has its reader wait, in place of one that may not be opened: root may open any.
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; mkdir d; ln -s /proc/self/mem d/memory; cp "$PHOTOS/coffee.jpg" d/z.jpg
            "$XCEPTION" -k 1 d | cut -f 1; echo "${PIPESTATUS[0]}"
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output == "d/z.jpg\n1\n")
        #expect(outcome.errors == "xception: d/memory: cannot be read: Input/output error\n")
    }

    @Test("A directory of more names than are held at once keeps its order")
    func largeDirectory() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            set +o pipefail; cd "$FOLDER"; seq -f '%.0f.jpg' 40000 | shuf --random-source=<(yes) | xargs touch
            "$XCEPTION" --quiet --format csv -k 1 . | tail -n +2 | cut -d, -f1 | cmp - <(seq -f './%.0f.jpg' 40000); echo $?
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output == "0\n" && outcome.errors.isEmpty)
    }

    @Test("A file that vanishes after its directory was listed is a failure, not a gap")
    func vanishing() throws {
        let folder = try TemporaryFolder()
        // A line of a thousand answers is more than a pipe holds: while it is read, no image is begun.
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; mkdir d; for n in 1 2 3 4; do ln "$PHOTOS/coffee.jpg" d/$n.jpg || cp "$PHOTOS/coffee.jpg" d/$n.jpg; done 2> /dev/null
            "$XCEPTION" --threads 1 --format jsonl -k 1000 d | { read -r line; rm d/4.jpg; echo "$line"; cat; }
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.status == 1)
        #expect(try Self.paths(outcome.output) == ["d/1.jpg", "d/2.jpg", "d/3.jpg", "d/4.jpg"])
        #expect(outcome.errors == "xception: d/4.jpg: there is no such file\n")
    }

    @Test("What is passed over is counted at the end, on a terminal")
    func passedOver() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.terminal(
            columns: 200,
            #"cd "$FOLDER"; cp "$PHOTOS/chelsea.png" a.png; cp a.png b.png; touch .hidden; echo a > notes.txt; ln -s . loop; "$XCEPTION" -L . > /dev/null"#,
            environment: ["FOLDER": folder.path])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("skipped: 1 hidden, 1 other file, 1 symlink cycle"))
        #expect(outcome.output.contains("xception: 2 images in "))
    }

    @Test("Pictures that cannot be read are told of, on a terminal or not: one line, by what they are")
    func unsupported() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; cp "$PHOTOS/coffee.jpg" a.JPG; for n in 1 2 3; do printf '\0\0\0\x18ftypcrx \0\0\0\0' > $n.CR3; done
            printf 'GIF89a' > w.gif; echo text > notes.txt; "$XCEPTION" -k 1 --format csv . | cut -d, -f1
            "$XCEPTION" --verbose . 2>&1 | grep -c skipped; "$XCEPTION" --quiet . > /dev/null
            rm a.JPG; "$XCEPTION" .; echo $?
            """#, environment: ["FOLDER": folder.path])
        #expect(outcome.output == "path\n./a.JPG\n6\n2\n")
        let line = "xception: skipped 3 Canon raw (CR3) images, 1 GIF image (convert to JPEG or PNG first)"
        #expect(outcome.errorLines.map(String.init) == [line, line, "xception: .: no images found"])
    }

    /// Libraries of these names that are none, found before the system's, are as good as none.
    @Test("Without their libraries WebP and HEIC are skipped, and the line names the packages; nothing else changes", .timeLimit(.minutes(5)))
    func withoutLibraries() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            mkdir "$FOLDER/none" "$FOLDER/photos"; for l in libwebp.so.7 libheif.so.1; do : > "$FOLDER/none/$l"; done
            cd "$FOLDER/photos"; cp "$FIXTURES"/decode/{lossy.webp,photo.heic,photo.avif,rgb8.png,nikon.nef} .
            for libraries in "" "$FOLDER/none"; do
              LD_LIBRARY_PATH=$libraries "$XCEPTION" --format jsonl -k 1 . \
                | sed -E 's/.*"path": "([^"]*)".*"source": "preview".*/\1 preview/; s/.*"path": "([^"]*)".*/\1 file/'
            done
            LD_LIBRARY_PATH=$FOLDER/none "$XCEPTION" photo.heic; echo $?
            ldd "$XCEPTION" | grep -cE 'libheif|libwebp'
            """#, environment: ["FOLDER": folder.path, "FIXTURES": Repository.url("Tests/Fixtures").path])
        let with = "./lossy.webp file\n./nikon.nef preview\n./photo.avif file\n./photo.heic file\n./rgb8.png file\n"
        #expect(outcome.output == with + "./nikon.nef preview\n./rgb8.png file\n1\n0\n")
        #expect(outcome.errorLines.map(String.init) == [
            "xception: skipped 1 AVIF image, 1 HEIC image (to read them: apt install libheif1), "
                + "1 WebP image (to read them: apt install libwebpdemux2)",
            "xception: photo.heic: this is a HEIC image; to read it: apt install libheif1",
        ])
    }

    @Test("--formats leaves out formats, in directories and by name")
    func formats() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.shell(
            #"""
            cd "$FOLDER"; cp "$FIXTURES"/decode/{lossy.webp,rgb8.png,baseline-420.jpg} .
            "$XCEPTION" --formats jpeg,png --format csv -k 1 . | cut -d, -f1; "$XCEPTION" --formats PNG lossy.webp; echo $?
            "$XCEPTION" --formats JPG,heif,cr2 --format csv -k 1 . | cut -d, -f1
            "$XCEPTION" --formats jpeg,wbp . ; echo $?; "$XCEPTION" --formats gif . ; echo $?
            """#, environment: ["FOLDER": folder.path, "FIXTURES": Repository.url("Tests/Fixtures").path])
        #expect(outcome.output == "path\n./baseline-420.jpg\n./rgb8.png\n1\npath\n./baseline-420.jpg\n64\n64\n")
        #expect(outcome.errorLines.prefix(3).map(String.init) == [
            "xception: skipped 1 WebP image (not among --formats)",
            "xception: lossy.webp: this is a WebP image, a format that is not allowed here",
            "xception: skipped 1 PNG image, 1 WebP image (not among --formats)",
        ])
        #expect(outcome.errors.contains("'jpeg,wbp' is invalid for '--formats <list>': expected jpeg, png, webp, heic"))
        #expect(outcome.errors.contains("or raw; did you mean jpeg,webp?\n"))
        #expect(outcome.errors.contains("'gif' is invalid for '--formats <list>': expected jpeg, png, webp, heic"))
        #expect(outcome.errors.contains("or raw; see xception classify --help\n"))
    }
}
