import Foundation
import Platform
import Synchronization
import TestSupport
import Testing

@testable import XceptionCLI

@Suite struct OutputUnitTests {
    private func contents(_ folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("A file appears under its name when it is finished, with the mode of what it replaces")
    func replacing() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/out"
        try Data("old".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let destination = try OutputDestination(replacing: FilePath(argument: path))
        try destination.write("new")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        #expect(try contents(folder).count == 2)
        #expect(try destination.finish(isComplete: true) == nil)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
        #expect(try contents(folder) == ["out"])
        #expect(try mode(path) == 0o640)
    }

    @Test("What is not complete replaces nothing but an empty file")
    func incomplete() throws {
        let folder = try TemporaryFolder()
        for (name, before) in [("old", "old"), ("empty", "")] {
            try Data(before.utf8).write(to: URL(filePath: folder.path + "/" + name))
            let destination = try OutputDestination(replacing: FilePath(argument: folder.path + "/" + name))
            try destination.write("half")
            let note = try destination.finish(isComplete: false)
            #expect(try #require(note).contains(before.isEmpty ? "empty: is incomplete" : "old: not replaced"))
        }
        #expect(try String(contentsOfFile: folder.path + "/old", encoding: .utf8) == "old")
        #expect(try String(contentsOfFile: folder.path + "/empty", encoding: .utf8) == "half")
        let kept = try #require(contents(folder).first { $0.hasPrefix("old.") })
        #expect(try String(contentsOfFile: folder.path + "/" + kept, encoding: .utf8) == "half")
    }

    @Test("A write to a full pipe that does not block waits for its reader")
    func nonBlockingPipe() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0 && fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0)
        let writer = ends[1]
        let bytes = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let result = Mutex<Int32?>(nil)
        #expect(inBackground {
            let error = Terminal.writeAll(bytes, to: writer)
            result.withLock { $0 = error }
            close(writer)
        })
        var file = pollfd(fd: writer, events: Int16(POLLOUT), revents: 0)
        while poll(&file, 1, 0) > 0, result.withLock({ $0 }) == nil { usleep(100) }
        #expect(try FileHandle(fileDescriptor: ends[0], closeOnDealloc: true).readToEnd().map(Array.init) == bytes)
        #expect(result.withLock { $0 } == 0)
    }

    @Test("A destination that is given up, or only let go of, leaves nothing behind")
    func abandoned() throws {
        let folder = try TemporaryFolder()
        do {
            let destination = try OutputDestination(replacing: FilePath(argument: folder.path + "/a"))
            try destination.write("x")
            destination.abandon()
            try OutputDestination(replacing: FilePath(argument: folder.path + "/b")).write("x")
        }
        #expect(try contents(folder).isEmpty)
    }

    @Test("Links are written through, to what does not exist yet as well; names may be as long as the system allows")
    func links() throws {
        let folder = try TemporaryFolder()
        let long = String(repeating: "n", count: 255)
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "target")
        for name in ["link", long] {
            let destination = try OutputDestination(replacing: FilePath(argument: folder.path + "/" + name))
            try destination.write("x")
            #expect(try destination.finish(isComplete: true) == nil)
        }
        #expect(try contents(folder) == ["link", long, "target"])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/link") == "target")
    }

    @Test("Fields of CSV are quoted where they must be")
    func csv() {
        #expect(CSVText.field("a b") == "a b")
        #expect(CSVText.field("a,\"b\"") == "\"a,\"\"b\"\"\"")
        #expect(CSVText.field("a\nb") == "\"a\nb\"")
    }
}
