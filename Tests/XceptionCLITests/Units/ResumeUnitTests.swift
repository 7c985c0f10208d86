import Foundation
import Platform
import TestSupport
import Testing
import Xception

@testable import XceptionCLI

/// Reading and rewriting of a file by `--resume`.
@Suite struct ResumeUnitTests {
    private static let origin = RecordOrigin(model: "a+b/fp32", settings: "top 1, \"quoted\"")

    private static func line(
        _ name: String, label: String? = "cat", size: Int? = nil, origin: RecordOrigin = origin
    ) -> String {
        let timing = ImageTiming(decode: .milliseconds(1), preprocess: .zero, inference: .milliseconds(2))
        let outcome: Result<ImageResult<Classification>, ImageFailure> =
            if let label {
                .success(ImageResult(
                    width: 1, height: 1,
                    value: Classification(predictions: [Prediction(rank: 1, index: 0, id: "", label: label, probability: 1)]),
                    timing: timing))
            } else {
                .failure(ImageFailure(code: .emptyFile, message: "\"model\""))
            }
        let version = size.map { FileVersion(size: $0, modificationTime: 0) }
        return RecordLine(
            ImageRecord(name: ImageName(path: FilePath(name)), outcome: outcome, version: version), origin: origin).text
    }

    private static func resumed(
        _ text: String, _ origin: RecordOrigin = origin, in folder: TemporaryFolder
    ) throws -> ResumedRecords<Classification> {
        try folder.write("lines", Data(text.utf8))
        return try ResumedRecords(GrowingFile(FilePath(folder.path + "/lines")), origin: origin)
    }

    private static func lines(_ folder: TemporaryFolder) throws -> String {
        try String(contentsOfFile: folder.path + "/lines", encoding: .utf8)
    }

    private static func append(_ text: String, _ folder: TemporaryFolder) throws {
        let file = try #require(FileHandle(forWritingAtPath: folder.path + "/lines"))
        try file.seekToEnd()
        try file.write(contentsOf: Data(text.utf8))
    }

    @Test("A line is found again by its path, whatever has to be escaped in it, and counts once")
    func names() throws {
        let folder = try TemporaryFolder()
        let names = [JSONTests.odd, "plain.jpg", "plain.jpg"]
        let lines = names.map { Self.line($0) }.joined() + Self.line("-")
        let records = try Self.resumed(lines + "{\"path\": \"torn", in: folder)
        #expect(records.length == lines.utf8.count)
        for name in names { #expect(records.take(.file(FilePath(name))) != nil) }
        #expect(records.take(.file(FilePath("plain.jpg"))) == nil)
        #expect(records.take(.standardInput) == nil)
    }

    @Test("Spellings of a path are one, other paths are others; links to folders are followed, links to files are not")
    func spellings() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path + "/d", withIntermediateDirectories: true)
        try folder.write("d/a.jpg", Data([1]))
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "d")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/d/b.jpg", withDestinationPath: "a.jpg")
        var identities = PathIdentities()
        func key(_ path: String) -> Int { identities.key(of: FilePath(path)) }
        let here = FileManager.default.currentDirectoryPath
        let expected = key(folder.path + "/d/a.jpg")
        for same in ["/d//a.jpg", "/./d/./a.jpg", "/link/a.jpg", "/d/../d/a.jpg", "//link/../d/a.jpg"] {
            #expect(key(folder.path + same) == expected, "\(same)")
        }
        for other in ["/d/b.jpg", "/a.jpg", "/d/A.jpg", "/d/a.jp"] { #expect(key(folder.path + other) != expected) }
        #expect(key("a.jpg") == key("./a.jpg") && key("a.jpg") == key(here + "/a.jpg"))
        #expect(key("nowhere/a.jpg") == key("./nowhere//./a.jpg") && key("nowhere/a.jpg") == key(here + "/nowhere/a.jpg"))
        #expect(identities.key(of: FilePath(bytes: [0x61, 0xFF])) != identities.key(of: FilePath(bytes: [0x61, 0xFE])))
    }

    @Test("An answer stands until its photo changes; one of a photo that is out of reach stands, too; a failure does not")
    func changes() throws {
        let folder = try TemporaryFolder()
        for name in ["same", "changed", "mended"] { try folder.write(name, Data([1, 2])) }
        func path(_ name: String) -> String { folder.path + "/" + name }
        let same = try #require(FileStatus(FilePath(path("same")))).version
        let old = ["same", "changed", "gone", "mended"].map { name in
            Self.line(path(name), label: name == "mended" ? nil : "cat", size: 1)
        }
        let stands = RecordLine(
            ImageRecord(
                name: ImageName(path: FilePath(path("same"))), outcome: try RecordLine<Classification>(Array(old[0].utf8)).record.outcome,
                version: same), origin: Self.origin).text
        let records = try Self.resumed(stands + old[1...].joined(), in: folder)
        #expect(records.take(.file(FilePath(path("changed")))) == nil)
        #expect(records.take(.file(FilePath(path("same")))) != nil)
        #expect(records.take(.file(FilePath(path("gone")))) != nil)
        #expect(records.take(.file(FilePath(path("mended")))) == nil)

        // Only one of the two was computed before the end: the other's old line stays.
        let new = Self.line(path("mended"), label: "dog", size: 2)
        try Self.append(Self.line("new.jpg") + new, folder)
        try records.replaceOldLines()
        #expect(try Self.lines(folder) == stands + old[1] + old[2] + new + Self.line("new.jpg"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["changed", "lines", "mended", "same"])
    }

    @Test("What a killed run computed again replaces its old line in the next one; a photo named twice keeps two lines")
    func killed() throws {
        let folder = try TemporaryFolder()
        let lines = [
            Self.line("failed", label: nil), Self.line("twice"), Self.line("changed", label: "cat", size: 1), Self.line("twice"),
            Self.line("-", label: nil), Self.line("changed", label: "dog", size: 2), Self.line("-"), Self.line("failed", label: "dog"),
        ]
        let records = try Self.resumed(lines.joined(), in: folder)
        for name in ["twice", "failed", "changed", "twice"] { #expect(records.take(.file(FilePath(name))) != nil, "\(name)") }
        try records.replaceOldLines()
        #expect(try Self.lines(folder) == [lines[7], lines[1], lines[5], lines[3], lines[4], lines[6]].joined())
        // Now there is nothing to replace any more.
        try Self.resumed(Self.lines(folder), in: folder).replaceOldLines()
        #expect(try Self.lines(folder) == [lines[7], lines[1], lines[5], lines[3], lines[4], lines[6]].joined())
    }

    @Test("Records for a page: those that stand first, in the end those that were not replaced")
    func records() throws {
        let folder = try TemporaryFolder()
        let records = try Self.resumed(
            Self.line("failed", label: nil) + Self.line("a") + Self.line("other", label: nil) + Self.line("b"), in: folder)
        func names(_ part: EarlierRecords) throws -> [String] {
            var names: [String] = []
            while let record = try records.nextRecord(part) {
                #expect(record.isEarlier)
                names.append(record.name.path.text)
            }
            return names
        }
        #expect(try names(.standing) == ["a", "b"])
        #expect(records.take(.file(FilePath("failed"))) == nil)
        #expect(try names(.leftOver) == ["other"])
    }

    @Test("Lines of another model or other settings, foreign lines and foreign beginnings are refused, and stay")
    func refusals() throws {
        let folder = try TemporaryFolder()
        func line(_ model: String, _ settings: String) -> String {
            Self.line("a", origin: RecordOrigin(model: model, settings: settings))
        }
        let origin = RecordOrigin(model: "m", settings: "top 1")
        #expect(try Self.resumed(line("m", "top 1"), origin, in: folder).length == line("m", "top 1").utf8.count)
        let refused = [
            line("n", "top 1"), line("m", "top 2"), line("m", "top 1") + line("n", "top 1"), "dear diary\n", "dear diary",
            "{\"path\": \"a\", \"width\": 1}\n", line("m", "top 1") + "{\"PATH\": \"", line("m", "top 1") + "\n",
            "{\"path\": \"a\", \"width\": 1, \"height\": 1, \"predictions\": [my notes",
        ]
        for text in refused {
            #expect(throws: CommandError.self) { try Self.resumed(text, origin, in: folder) }
            #expect(try Self.lines(folder) == text)
        }
    }

    @Test("A file that cannot be read has not come to its end")
    func readError() throws {
        // Address 0 of this process' memory, where nothing is.
        let memory = open("/proc/self/mem", O_RDONLY)
        try #require(memory >= 0)
        defer { close(memory) }
        var lines = LineReader(memory)
        #expect(throws: SystemError(number: EIO)) { try lines.next() }
    }

    @Test("Lines of any length up to the limit; a longer one is not read to its end")
    func lineLengths() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/file"
        let texts = ["", "a", String(repeating: "b", count: 1 << 16), String(repeating: "c", count: (1 << 16) - 1), "d"]
        try Data(texts.map { $0 + "\n" }.joined().utf8 + Data("torn".utf8)).write(to: URL(filePath: path))
        let file = try #require(FileHandle(forReadingAtPath: path))
        var reader = LineReader(file.fileDescriptor)
        var offset = 0
        for text in texts {
            let line = try #require(try reader.next())
            #expect(line.bytes == Array(text.utf8) + [0x0A] && line.offset == offset && line.end == .whole)
            offset = line.endOffset
        }
        #expect(try reader.next()?.end == .torn)
        #expect(try reader.next() == nil)
        var part = LineReader(file.fileDescriptor, upTo: 3)
        #expect(try part.next()?.end == .whole && part.next()?.bytes == Array("a\n".utf8) && part.next() == nil)

        #expect(truncate(path, off_t(LineReader.longestLine) * 3) == 0)
        var long = LineReader(file.fileDescriptor)
        for _ in texts { _ = try long.next() }
        let line = try #require(try long.next())
        #expect(line.end == .tooLong && line.bytes.count < LineReader.longestLine + (1 << 17))
    }
}
