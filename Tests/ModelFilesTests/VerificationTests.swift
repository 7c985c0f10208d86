import Foundation
import ModelFiles
import Platform
import TestSupport
import Testing

@Suite struct VerificationTests {
    @Test("The shipped files are what their checksums say; a flipped bit is found")
    func checksums() throws {
        try SafetensorsFile(path: ShippedFiles.head).verify()
        try SafetensorsFile(path: ShippedFiles.backbone).verify()
        var bytes = try Data(contentsOf: URL(filePath: ShippedFiles.head.text))
        bytes[bytes.count - 1000] ^= 1
        let folder = try TemporaryFolder()
        let damaged = try folder.write("damaged", bytes)
        #expect(throws: ModelFileError.self) { try SafetensorsFile(path: damaged).verify() }
    }

    @Test("NaN and infinities are found wherever they are, large numbers are not")
    func finite() throws {
        let folder = try TemporaryFolder()
        func check(_ type: SafetensorsTensor.ElementType, _ elements: [[UInt8]]) throws {
            var writer = SafetensorsWriter()
            writer.append("a", .float16, shape: [1], bytes: [0, 0])
            writer.append("b", type, shape: [elements.count], bytes: elements.flatMap(\.self))
            try SafetensorsFile(path: folder.write("file", writer.serialized())).checkFinite()
        }
        // Little-endian: the largest number of each sign, then infinities and NaNs.
        let cases: [(SafetensorsTensor.ElementType, good: [[UInt8]], bad: [[UInt8]])] = [
            (.float16, [[0xFF, 0x7B], [0xFF, 0xFB]], [[0x00, 0x7C], [0x00, 0xFC], [0x01, 0x7C], [0xFF, 0xFF]]),
            (.float32, [[0xFF, 0xFF, 0x7F, 0x7F], [0xFF, 0xFF, 0x7F, 0xFF]],
             [[0, 0, 0x80, 0x7F], [0, 0, 0x80, 0xFF], [1, 0, 0x80, 0x7F], [0, 0, 0xC0, 0xFF]]),
        ]
        for (type, good, bad) in cases {
            // Vectors of 16 or 32, and what remains.
            for position in [0, 31, 32, 63, 64, 66] {
                var elements = (0..<67).map { good[$0 % 2] }
                try check(type, elements)
                for value in bad {
                    elements[position] = value
                    #expect(throws: ModelFileError.self, "\(value) at \(position)") { try check(type, elements) }
                }
            }
        }
    }

    @Test("A file that is written to after it was opened is told from one whose name another takes")
    func changes() throws {
        let folder = try TemporaryFolder()
        let bytes = smallHead("none").serialized()
        // Long ago: two writes within one tick of the clock have the same time.
        func write(_ name: String) throws -> FilePath {
            let path = try folder.write(name, bytes)
            try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: path.text)
            return path
        }
        let path = try write("small")
        let file = try SafetensorsFile(path: path)
        try file.checkUnchanged()

        let other = try write("other")
        #expect(other.withCString { from in path.withCString { rename(from, $0) } } == 0)
        try file.checkUnchanged()

        let replacement = try SafetensorsFile(path: path)
        let descriptor = path.withCString { open($0, O_WRONLY) }
        #expect(pwrite(descriptor, bytes, 1, 100) == 1)
        #expect(throws: ModelFileError.changed(path: path)) { try replacement.checkUnchanged() }
        try file.checkUnchanged()
        close(descriptor)
    }

    @Test("What a file lost while it was mapped reads as zeros, and the file as changed")
    func truncation() throws {
        let folder = try TemporaryFolder()
        var writer = SafetensorsWriter()
        writer.append("a", shape: [100_000], [Float](repeating: 1, count: 100_000))
        let path = try folder.write("file", writer.serialized())
        let file = try SafetensorsFile(path: path)
        let tensor = try file.tensor("a")
        #expect(path.withCString { truncate($0, 200_000) } == 0)
        #expect(tensor.floats.first == 1 && tensor.floats.last == 0)
        #expect(throws: ModelFileError.changed(path: path)) { try file.checkUnchanged() }
    }
}
