#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A tensor in a mapped file.
public struct SafetensorsTensor: @unchecked Sendable {
    public enum ElementType: String, Sendable, Decodable {
        case float16 = "F16"
        case float32 = "F32"

        var size: Int { self == .float16 ? 2 : 4 }
    }

    public let elementType: ElementType
    public let shape: [Int]
    /// Valid as long as its file; at least a page may be read behind it.
    public let bytes: UnsafeRawBufferPointer
}

/// A file in the safetensors format (https://huggingface.co/docs/safetensors): the length of
/// a JSON header, the header, raw tensors. Memory-mapped; nothing in it is ever executed.
public final class SafetensorsFile: Sendable {
    public let path: String
    public let metadata: [String: String]
    public let tensors: [String: SafetensorsTensor]
    /// Where the tensors begin.
    private let dataOffset: Int
    private let file: MappedFile

    /// Everything behind the header.
    var data: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: file.bytes[dataOffset...]) }

    /// - Throws: ``ModelFileError`` if the file cannot be read or contradicts itself.
    public init(path: String) throws(ModelFileError) {
        self.path = path
        file = try MappedFile(path: path)
        let bytes = file.bytes
        guard bytes.count >= 8 else {
            throw .notSafetensors(path: path, reason: "it ends within the first 8 bytes")
        }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        // The format's own limit; a text or an image read as a length is far beyond it.
        guard length <= 100_000_000 else {
            throw .notSafetensors(path: path, reason: "it does not begin with the length of a header")
        }
        guard Int(length) <= bytes.count - 8 else {
            throw .notSafetensors(path: path, reason: "it ends within its header")
        }
        let header: SafetensorsHeader
        do {
            header = try JSONDecoder().decode(
                SafetensorsHeader.self, from: Data(bytes[8..<8 + Int(length)]))
        } catch {
            throw .notSafetensors(path: path, reason: "its header is not the JSON that the format asks for")
        }
        dataOffset = 8 + Int(length)
        let data = UnsafeRawBufferPointer(rebasing: bytes[dataOffset...])
        metadata = header.metadata

        var tensors: [String: SafetensorsTensor] = [:]
        var end = 0
        for (name, entry) in header.tensors.sorted(by: { $0.value.start < $1.value.start }) {
            guard let type = SafetensorsTensor.ElementType(rawValue: entry.dtype) else {
                throw .notSafetensors(path: path, reason: "\(name.debugDescription) has elements of type \(entry.dtype.debugDescription), not F16 or F32")
            }
            var size = type.size
            for dimension in entry.shape {
                let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
                guard dimension > 0, !overflow else {
                    throw .notSafetensors(path: path, reason: "\(name.debugDescription) has the impossible shape \(entry.shape)")
                }
                size = product
            }
            guard entry.start >= end, entry.end >= entry.start, entry.end - entry.start == size else {
                throw .notSafetensors(path: path, reason: "the place of \(name.debugDescription) contradicts its shape or its neighbour")
            }
            guard entry.end <= data.count else {
                throw .notSafetensors(
                    path: path, reason: "it is truncated: \(name.debugDescription) ends at byte \(entry.end) of \(data.count)")
            }
            end = entry.end
            tensors[name] = SafetensorsTensor(
                elementType: type, shape: entry.shape, bytes: UnsafeRawBufferPointer(rebasing: data[entry.start..<entry.end]))
        }
        self.tensors = tensors
    }

    /// - Parameter shape: what the tensor's must be, or nil for any.
    /// - Throws: ``ModelFileError/missingTensor(path:name:)`` or
    ///   ``ModelFileError/wrongShape(path:name:found:expected:)``.
    func tensor(_ name: String, shape: [Int]? = nil) throws(ModelFileError) -> SafetensorsTensor {
        guard let tensor = tensors[name] else { throw .missingTensor(path: path, name: name) }
        if let shape, tensor.shape != shape {
            throw .wrongShape(path: path, name: name, found: tensor.shape, expected: shape)
        }
        return tensor
    }
}

/// The JSON header: a dictionary of tensors, and of strings under one name.
private struct SafetensorsHeader: Decodable {
    struct Entry: Decodable {
        let dtype: String
        let shape: [Int]
        let start: Int
        let end: Int

        private enum CodingKeys: String, CodingKey {
            case dtype, shape, offsets = "data_offsets"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            dtype = try container.decode(String.self, forKey: .dtype)
            shape = try container.decode([Int].self, forKey: .shape)
            let offsets = try container.decode([Int].self, forKey: .offsets)
            guard offsets.count == 2 else {
                throw DecodingError.dataCorruptedError(forKey: .offsets, in: container, debugDescription: "not a pair")
            }
            (start, end) = (offsets[0], offsets[1])
        }
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    let metadata: [String: String]
    let tensors: [String: Entry]

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        var metadata: [String: String] = [:]
        var tensors: [String: Entry] = [:]
        for name in container.allKeys {
            if name.stringValue == "__metadata__" {
                metadata = try container.decode([String: String].self, forKey: name)
            } else {
                tensors[name.stringValue] = try container.decode(Entry.self, forKey: name)
            }
        }
        self.metadata = metadata
        self.tensors = tensors
    }
}
