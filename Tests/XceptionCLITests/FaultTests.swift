import Foundation
import Platform
import TestSupport
import Testing

/// Failures of the system during a run: no room, no memory, no reader, kills. In each case the program reports them in
/// lines, and its output is complete or can be completed.
@Suite(.serialized, .timeLimit(.minutes(10))) struct FaultTests {
    /// Lines of shell in a folder with a list of images, some broken: `run` writes them as lines of
    /// JSON, `timeless` prints lines without what depends on the clock.
    private static func shell(_ lines: String, images: Int = 12) throws -> Program.Outcome {
        let folder = try TemporaryFolder()
        return try Program.shell(
            #"""
            cd "$FOLDER"; for n in $(seq \#(images)); do ln -s "$PHOTOS/chelsea.png" $n.png; echo $n.png; done > list; echo missing.png >> list
            run() { "$XCEPTION" --quiet -k 1 --files-from list "$@"; }; timeless() { \#(LongRunTests.timeless) "$@"; }
            """# + "\n" + lines, environment: ["FOLDER": folder.path])
    }

    /// The whole of a run's lines takes some three kilobytes.
    @Test("No room at any write: lines that are there are whole, and --resume completes them")
    func fullDiskInLines() throws {
        let outcome = try Self.shell(
            #"""
            run -o whole.jsonl; for blocks in 0 1 2 3; do
              (ulimit -f $blocks; "$XCEPTION" -k 1 --files-from list -o part.jsonl 2> errors); echo "status $?"; tail -n 1 errors
              run -o part.jsonl --resume; cmp <(timeless whole.jsonl) <(timeless part.jsonl) && rm part.jsonl
            done; ls | grep -c partial
            """#)
        let lines = outcome.output.split(separator: "\n").map(String.init)
        // At four blocks of a kilobyte all would fit.
        #expect(lines.filter { $0 == "status 2" }.count >= 3)
        #expect(lines.filter { $0 == "xception: part.jsonl: cannot be written: File too large" }.count >= 3)
        #expect(lines.last == "0")
        #expect(outcome.errors.isEmpty)
    }

    @Test("No room at any write: an older output stays, and nothing beside it", arguments: ["json", "csv", "report"])
    func fullDisk(format: String) throws {
        let option = format == "report" ? "--report" : "--format \(format) -o"
        let outcome = try Self.shell(
            #"""
            run OPTION out > log; cp out before; size=$(($(stat -c %s out) / 1024))
            for blocks in 0 1 $((size / 2)) $((size - 1)); do
              (ulimit -f $blocks; "$XCEPTION" -k 1 --files-from list OPTION out 2>&1 > /dev/null | grep -v 'no such file'; echo "status ${PIPESTATUS[0]}")
              cmp out before; ls | grep partial
            done
            """#.replacing("OPTION", with: option), images: 30)
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 8)
        #expect(Set(lines) == ["status 2", "xception: out: cannot be written: File too large"])
        #expect(outcome.errors.isEmpty)
    }

    @Test("A reader that goes away after any number of bytes", arguments: ["text", "json", "jsonl", "csv"])
    func closedPipe(format: String) throws {
        let outcome = try Self.shell(
            #"""
            for bytes in 0 1 100 1000 2000; do
              run --format FORMAT --report r$bytes.html | head -c $bytes > /dev/null; echo "${PIPESTATUS[0]}"; grep -c '</html>' r$bytes.html
            done; ls | grep -c partial
            """#.replacing("FORMAT", with: format), images: 6)
        // Either the reader was there to the end of the run, or its end was not an error.
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 11 && lines.last == "0")
        for index in stride(from: 0, to: 10, by: 2) { #expect(["0", "1"].contains(lines[index]) && lines[index + 1] == "1") }
        #expect(outcome.errors.isEmpty)
    }

    @Test("A file that fails while it is read is that file's failure; a list that does is the run's end")
    func readErrors() throws {
        let outcome = try Self.shell(
            #"""
            printf '1.png\n/proc/self/mem\n2.png\n' > list; "$XCEPTION" -k 1 --files-from list; echo "status $?"
            "$XCEPTION" -k 1 --files-from /proc/self/mem; echo "status $?"
            """#)
        #expect(outcome.output == "1.png\tEgyptian cat\t0.9315\n2.png\tEgyptian cat\t0.9315\nstatus 1\nstatus 2\n")
        #expect(outcome.errorLines.map(String.init) == [
            "xception: /proc/self/mem: cannot be read: Input/output error",
            "xception: /proc/self/mem: cannot be read: Input/output error; expected a list of paths",
        ])
    }

    /// A page of a JPEG, and nothing after it: a read of memory as a file fails where there is none.
    @Test("A read error in the middle of an image is that image's failure, and within a frame the run's end")
    func readErrorInTheMiddle() throws {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let memory = mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
        defer { munmap(memory, page) }
        munmap(memory + page, page)
        func run(_ arguments: [String], _ start: [UInt8]) throws -> Program.Outcome {
            let coffee = try Data(contentsOf: URL(filePath: InputTests.coffee))
            UnsafeMutableRawBufferPointer(start: memory, count: page).copyBytes(from: start + coffee.prefix(page - start.count))
            let file = try #require(FileHandle(forReadingAtPath: "/proc/self/mem"))
            try file.seek(toOffset: UInt64(UInt(bitPattern: memory)))
            return try Program.run(arguments, input: file)
        }
        let alone = try run(["-k", "1", "--format", "csv", "-", InputTests.cat], [])
        #expect(alone.status == 1)
        #expect(alone.output.contains("\n-,,,unreadable,") && alone.output.contains(",Egyptian cat,"))
        #expect(alone.errors == "xception: standard input: cannot be read: Input/output error\n")
        let framed = try run(["--framed"], [0, 0, 1, 0])
        #expect(framed.status == 2 && framed.output.isEmpty)
        #expect(framed.errors == "xception: frame 0: cannot be read: Input/output error\n")
    }

    @Test("Killed at any moment, a run is resumed to what an undisturbed one writes")
    func killed() throws {
        let outcome = try Self.shell(
            #"""
            run -o whole.jsonl; for wait in 0.02 0.1 0.3 0.5 0.7 0.9; do
              "$XCEPTION" --quiet -k 1 --files-from list -o part.jsonl --resume & sleep $wait; kill -KILL $! 2> /dev/null; wait $! 2> /dev/null; wc -l < part.jsonl >> progress
            done 2> /dev/null
            run -o part.jsonl --resume; echo $?; cmp <(timeless whole.jsonl) <(timeless part.jsonl) && echo same; sort -cn progress && echo grows
            """#, images: 24)
        #expect(outcome.output == "1\nsame\ngrows\n")
        #expect(outcome.errors.isEmpty)
    }

    @Test("Of two runs on one file one goes on, and nothing is lost or doubled")
    func twoRuns() throws {
        let outcome = try Self.shell(
            #"""
            run -o whole.jsonl; for turn in 1 2 3; do
              run -o part.jsonl --resume & first=$!; run -o part.jsonl --resume; second=$?; wait $first; echo "$? $second" | tr ' ' '\n' | sort | tr '\n' ' '
            done; cmp <(timeless whole.jsonl) <(timeless part.jsonl) && echo same
            """#)
        // Both may succeed where one ends before the other begins.
        #expect(outcome.output.hasSuffix("same\n"))
        let statuses = outcome.output.dropLast(5).split(separator: " ")
        #expect(statuses.count == 6 && statuses.allSatisfy { $0 == "1" || $0 == "2" })
    }

    @Test("A directory that changes all the while: what stays is classified once, the rest is there or not")
    func changingDirectory() throws {
        let outcome = try Self.shell(
            #"""
            mkdir -p d/sub; cp -P *.png d; for n in 1 2 3 4; do ln -s "$PHOTOS/chelsea.png" d/sub/stays$n.png; done
            ( n=0; while [ ! -e stop ]; do n=$((n + 1)); ln -s "$PHOTOS/coffee.jpg" d/new$n.jpg; mv d/new$n.jpg d/old$((n % 7)).jpg; mkdir -p d/gone$((n % 3)); rmdir d/gone$((n % 3)); sleep 0.005; done ) &
            "$XCEPTION" -k 1 d > out 2> errors; echo $?; : > stop; wait
            cut -f 1 out | grep -v 'new\|old' | sort | uniq -c | awk '{print $1}' | sort -u; grep -c 'stays' out; grep -v 'no such file' errors | head
            """#)
        let lines = outcome.output.split(separator: "\n")
        #expect(["0", "1"].contains(lines.first) && lines.dropFirst() == ["1", "4"])
    }

    @Test("With too little memory, images fail or all is well; nothing ends in a signal")
    func memory() throws {
        let outcome = try Self.shell(
            #"""
            for megabytes in $(seq 60 20 300) $(seq 100 4 160) 400 600; do for threads in 1 2; do
              (ulimit -v $((megabytes * 1024)); "$XCEPTION" --threads $threads -k 1 1.png 2.png 3.png > out 2> errors; echo "$? $(wc -l < out) $(grep -vc '^xception: ' errors)")
            done; done
            """#)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 62)
        // The exit status, and no line that is not ours.
        #expect(lines.allSatisfy { ["0", "1", "2"].contains($0.split(separator: " ")[0]) && $0.hasSuffix(" 0") }, "\(lines)")
        #expect(lines.last == "0 3 0")
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    }
}
