import Foundation
import ModelFiles
import Platform
import TestSupport
import Testing

/// A file of the format: header, then data.
func safetensors(_ header: some Sequence<UInt8>, data: Int = 0) -> Data {
    let header = Data(header)
    var length = UInt64(header.count).littleEndian
    return Data(bytes: &length, count: 8) + header + Data(count: data)
}

@Suite struct SafetensorsFileTests {
    /// The error of opening a file of such bytes, which must be one line that names the file.
    func openingError(_ bytes: Data) throws -> ModelFileError {
        let folder = try TemporaryFolder()
        let file = try folder.write("model.safetensors", bytes)
        let error = try #require(throws: ModelFileError.self) { try SafetensorsFile(path: file) }
        #expect(error.description.hasPrefix(file.text))
        #expect(!error.description.contains("\n"))
        return error
    }

    func isRefused(_ bytes: Data) throws -> Bool {
        if case .notSafetensors = try openingError(bytes) { true } else { false }
    }

    static let headers = [
        "not JSON": "{",
        "an array": "[]",
        "metadata that are no strings": #"{"__metadata__": {"a": 1}}"#,
        "no data type": #"{"a": {"shape": [1], "data_offsets": [0, 4]}}"#,
        "three offsets": #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4, 8]}}"#,
        "another data type": #"{"a": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}"#,
        "a shape too large": #"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}"#,
        "a shape beyond all numbers": #"{"a": {"dtype": "F32", "shape": [4611686018427387904, 4], "data_offsets": [0, 4]}}"#,
        "a number beyond all numbers": #"{"a": {"dtype": "F32", "shape": [99999999999999999999], "data_offsets": [0, 4]}}"#,
        "a negative dimension": #"{"a": {"dtype": "F32", "shape": [-1, -1], "data_offsets": [0, 4]}}"#,
        "an empty dimension": #"{"a": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}}"#,
        "offsets backwards": #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}}"#,
        "a negative offset": #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]}}"#,
        "offsets behind the end": #"{"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}"#,
        "a line break and a terminal's escape in names": #"{"a\n\u001b[2J": {"dtype": "F\n\u001b32", "shape": [1], "data_offsets": [0, 4]}}"#,
        "lists in lists": "{\"a\": " + String(repeating: "[", count: 100_000),
        "tensors over each other":
            #"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "b": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}"#,
        "a gap before the first tensor": #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}"#,
        "a gap between tensors":
            #"{"a": {"dtype": "F16", "shape": [1], "data_offsets": [0, 2]}, "b": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}"#,
        "a gap after the last tensor": #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}"#,
        "a name twice":
            #"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "a": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}}"#,
        "a name twice, once escaped":
            #"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "\u0061": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}"#,
        "metadata twice":
            #"{"__metadata__": {}, "__metadata__": {}, "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}"#,
        "a key of the metadata twice":
            #"{"__metadata__": {"k": "1", "k": "2"}, "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}"#,
        "a tensor's shape twice": #"{"a": {"dtype": "F32", "shape": [1], "shape": [2], "data_offsets": [0, 8]}}"#,
        "a space before the header": #" {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}"#,
    ]

    @Test("A header that contradicts itself or the format", arguments: headers.keys.sorted())
    func header(kind: String) throws {
        #expect(try isRefused(safetensors(Self.headers[kind]!.utf8, data: 8)))
    }

    static let header = #"{"__metadata__": {"k": "{\"a\": [1, 2]}"}, "a": {"dtype": "F16", "shape": [2, 3], "data_offsets": [0, 12]}}"#

    @Test("What is accepted: JSON in metadata, spaces after the header, an empty file of no tensors")
    func accepted() throws {
        let folder = try TemporaryFolder()
        for padding in ["", "    "] {
            let file = try SafetensorsFile(path: folder.write("whole", safetensors((Self.header + padding).utf8, data: 12)))
            #expect(file.tensors["a"]?.shape == [2, 3])
            #expect(file.metadata == ["k": #"{"a": [1, 2]}"#])
        }
        #expect(try SafetensorsFile(path: folder.write("empty", safetensors("{}".utf8))).tensors.isEmpty)
    }

    @Test("A header in UTF-16, or not in UTF-8")
    func encodings() throws {
        for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian, .utf32LittleEndian] {
            #expect(try isRefused(safetensors(#require(Self.header.data(using: encoding)), data: 12)))
        }
        let latin = Self.header.replacingOccurrences(of: "\"k\"", with: "\"ü\"")
        #expect(try isRefused(safetensors(#require(latin.data(using: .isoLatin1)), data: 12)))
    }

    @Test("Hundreds of thousands of tensors are refused rather than listed")
    func manyTensors() throws {
        let tensors = (0..<300_000).map { #""t\#($0)":{"dtype":"F16","shape":[1],"data_offsets":[\#(2 * $0),\#(2 * $0 + 2)]}"# }
        let error = try openingError(safetensors("{\(tensors.joined(separator: ","))}".utf8, data: 600_000))
        #expect(error.description.hasSuffix("its header has too many entries"))
    }

    @Test("A file that ends anywhere in its header or its data")
    func truncation() throws {
        let whole = safetensors(Self.header.utf8, data: 12)
        for length in 0..<whole.count {
            #expect(try isRefused(whole.prefix(length)), "\(length) of \(whole.count) bytes")
        }
    }

    @Test("Files that are something else")
    func others() throws {
        for bytes in [Data(), Data("A text, by no means a model.".utf8), Data(repeating: 0xFF, count: 100), Data(count: 64)] {
            #expect(try isRefused(bytes))
        }
        #expect(throws: ModelFileError.self) { try SafetensorsFile(path: FilePath("/nowhere/model.safetensors")) }
        #expect(throws: ModelFileError.self) { try SafetensorsFile(path: FilePath(NSTemporaryDirectory())) }
    }

    /// Of the usual file systems only tmpfs has files of that size.
    @Test("A sparse file as large as numbers go", .enabled(if: FileStatus(FilePath("/dev/shm"))?.isDirectory == true))
    func largestFile() throws {
        let path = FilePath("/dev/shm/xception-\(UUID().uuidString)")
        let descriptor = path.withCString { open($0, O_RDWR | O_CREAT | O_EXCL, 0o600) }
        defer {
            close(descriptor)
            _ = path.withCString { unlink($0) }
        }
        #expect(ftruncate(descriptor, .max) == 0)
        #expect(throws: ModelFileError.unreadable(path: path, reason: "it is too large to be mapped")) {
            try SafetensorsFile(path: path)
        }
    }

    @Test("A path that is not UTF-8, and a named pipe, which would never end")
    func paths() throws {
        let folder = try TemporaryFolder()
        let whole = try folder.write("whole", safetensors(Self.header.utf8, data: 12))
        let latin = FilePath(folder.path).appending(Array("caf".utf8) + [0xE9])
        #expect(whole.withCString { from in latin.withCString { rename(from, $0) } } == 0)
        #expect(try SafetensorsFile(path: latin).tensors.count == 1)

        let pipe = FilePath(folder.path).appending("pipe")
        #expect(pipe.withCString { mkfifo($0, 0o600) } == 0)
        #expect(throws: ModelFileError.unreadable(path: pipe, reason: "it is not a regular file")) { try SafetensorsFile(path: pipe) }
    }
}
