#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The JSON header: a dictionary of tensors, and of strings under one name.
struct SafetensorsHeader {
    struct Entry {
        let dtype: String
        let shape: [Int]
        let start: Int
        let end: Int
    }

    struct FormatError: Error {
        /// A reason, to follow "not a usable safetensors file:".
        let reason: String
    }

    /// The metadata; nil if the header has none.
    let metadata: [String: String]?
    let tensors: [String: Entry]
}

extension SafetensorsHeader {
    /// Reads a header.
    ///
    /// - Throws: ``FormatError`` if the bytes are not the JSON of a header.
    static func read(_ bytes: UnsafeRawBufferPointer) throws(FormatError) -> SafetensorsHeader {
        let members = try memberCounts(bytes)
        let header: SafetensorsHeader
        do {
            header = try JSONDecoder().decode(Self.self, from: Data(bytes))
        } catch {
            throw FormatError(reason: "its header is not the JSON of the format")
        }
        // Of two equal names the decoder silently keeps one.
        let names = header.tensors.count + (header.metadata == nil ? 0 : 1)
        guard members.outer == names, members.inner == 3 * header.tensors.count + (header.metadata?.count ?? 0) else {
            throw FormatError(reason: "its header has a duplicate or unknown name")
        }
        return header
    }

    /// Returns the JSON, padded with spaces so that the tensors begin at a multiple of 8 bytes, as the format's own
    /// library does.
    func serialized() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(self) else { preconditionFailure("strings and integers are always JSON") }
        return Array(json) + [UInt8](repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
    }

    /// Counts the members of a header's outer object, and of all objects inside it.
    private static func memberCounts(_ bytes: UnsafeRawBufferPointer) throws(FormatError) -> (outer: Int, inner: Int) {
        // JSON decoders read UTF-16 as well, whose ASCII characters have a zero byte each.
        guard bytes.first == UInt8(ascii: "{"), !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil
        else {
            throw FormatError(reason: "its header is not JSON in UTF-8")
        }
        // A backbone has 2,000 brackets, commas and colons; given millions, the decoder takes seconds
        // and gigabytes.
        let limit = 500_000
        var members = (outer: 0, inner: 0)
        var (depth, punctuation, isString, isEscaped) = (0, 0, false, false)
        for byte in bytes {
            if isString {
                isString = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isString = true
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: ":"): if depth == 1 { members.outer += 1 } else { members.inner += 1 }
            case UInt8(ascii: ","), UInt8(ascii: "["): break
            default: continue
            }
            punctuation += 1
            guard punctuation <= limit else { throw FormatError(reason: "its header has too many entries") }
        }
        return members
    }
}

extension SafetensorsHeader: Codable {
    private struct Name: CodingKey {
        static let metadata = Name(stringValue: "__metadata__")

        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        var tensors: [String: Entry] = [:]
        for name in container.allKeys where name.stringValue != Name.metadata.stringValue {
            tensors[name.stringValue] = try container.decode(Entry.self, forKey: name)
        }
        self.init(
            metadata: container.contains(.metadata)
                ? try container.decode([String: String].self, forKey: .metadata) : nil,
            tensors: tensors)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        try container.encodeIfPresent(metadata, forKey: .metadata)
        for (name, entry) in tensors { try container.encode(entry, forKey: Name(stringValue: name)) }
    }
}

extension SafetensorsHeader.Entry: Codable {
    private enum CodingKeys: String, CodingKey {
        case dtype, shape, offsets = "data_offsets"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let offsets = try container.decode([Int].self, forKey: .offsets)
        guard offsets.count == 2 else {
            throw DecodingError.dataCorruptedError(forKey: .offsets, in: container, debugDescription: "not a pair")
        }
        self.init(
            dtype: try container.decode(String.self, forKey: .dtype),
            shape: try container.decode([Int].self, forKey: .shape),
            start: offsets[0], end: offsets[1])
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(dtype, forKey: .dtype)
        try container.encode(shape, forKey: .shape)
        try container.encode([start, end], forKey: .offsets)
    }
}
