import Foundation
import Platform
import TestSupport
import Testing

@testable import XceptionCLI

@Suite struct InputUnitTests {
    @Test("Numbers in names are compared by value, and nothing else is")
    func naturalOrder() {
        let names = ["10.jpg", "2.jpg", "02.jpg", "a", "a1b", "a10b", "a2", "", "é", "1.9", "1.10", "B"]
        let sorted = names.map { Array($0.utf8) }.sorted(by: precedes).map { String(decoding: $0, as: UTF8.self) }
        #expect(sorted == ["", "1.9", "1.10", "02.jpg", "2.jpg", "10.jpg", "B", "a", "a1b", "a2", "a10b", "é"])
        // A strict order: nothing comes before itself.
        #expect(!names.contains { precedes(Array($0.utf8), Array($0.utf8)) })
    }

    @Test("A list's paths are bytes: line ends of either kind, empty lines, no end at the end")
    func list() throws {
        let pipe = Pipe()
        pipe.fileHandleForWriting.write(Data("a.jpg\r\n\ncaf".utf8) + [0xE9] + Data(".png\n  b  \nlast".utf8))
        try pipe.fileHandleForWriting.close()
        let source = ListSource(
            name: FilePath(argument: "list"), descriptor: pipe.fileHandleForReading.fileDescriptor, isNULSeparated: false,
            cancellation: Cancellation())
        #expect(try paths(source) == ["a.jpg", "caf\u{FFFD}.png", "  b  ", "last"])
    }

    @Test("A cancelled list ends at once, without half a path")
    func cancelledList() throws {
        let pipe = Pipe()
        pipe.fileHandleForWriting.write(Data("a.jpg\nhal".utf8))
        let cancellation = Cancellation()
        let source = ListSource(
            name: FilePath(argument: "list"), descriptor: pipe.fileHandleForReading.fileDescriptor, isNULSeparated: false,
            cancellation: cancellation)
        #expect(try source.next() != nil)
        cancellation.request(signal: SIGTERM)
        #expect(try source.next() == nil)
        #expect(cancellation.signal == SIGTERM)
    }

    @Test("Two names of one file are known for one, whether it exists or not")
    func sameFile() throws {
        let folder = try TemporaryFolder()
        let path = FilePath(argument: folder.path)
        func named(_ name: String) -> FilePath { path.appending(Array(name.utf8)) }
        #expect(named("new").namesSameFile(as: named("./new")))
        #expect(!named("new").namesSameFile(as: named("other")))
        try Data().write(to: URL(filePath: folder.path + "/old"))
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "old")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/dangling", withDestinationPath: "new")
        #expect(named("old").namesSameFile(as: named("link")))
        #expect(named("dangling").namesSameFile(as: named("new")))
        #expect(!named("dangling").namesSameFile(as: named("old")))
    }

    @Test("An error while a directory is read is a failure of the directory; the names before it count")
    func directoryError() throws {
        let folder = try TemporaryFolder()
        for name in ["1.jpg", "2.jpg", "10.jpg"] { try folder.write(name, Data()) }
        let path = FilePath(folder.path)
        let source = DirectorySource(path) { directory in
            if let entry = readdir(directory) { return entry }
            errno = EIO
            return nil
        }
        guard case .image(.failed(path, let failure)) = source.next() else {
            Issue.record("the error is not reported")
            return
        }
        #expect(failure == ImageFailure(systemError: EIO))
        var names: [FilePath] = []
        while let entry = source.next() {
            if case .image(.file(let file)) = entry { names.append(file) }
        }
        #expect(names == ["1.jpg", "2.jpg", "10.jpg"].map { path.appending($0) })
    }

    private func paths(_ source: any ImageSource) throws -> [String] {
        var paths: [String] = []
        while let entry = try source.next() {
            if case .image(let input) = entry { paths.append(input.name.path.text) }
        }
        return paths
    }
}
