import Platform

/// A file in the safetensors format (https://huggingface.co/docs/safetensors): the length of
/// a JSON header, the header, raw tensors. Memory-mapped; nothing in it is ever executed.
package final class SafetensorsFile: Sendable {
    package let metadata: [String: String]
    package let tensors: [String: SafetensorsTensor]
    /// The offset of the tensors.
    private let dataOffset: Int
    private let file: MappedFile

    package var path: FilePath { file.path }

    /// Everything after the header.
    var data: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: file.bytes[dataOffset...]) }

    /// Opens a file.
    ///
    /// - Throws: ``ModelFileError`` if the file cannot be read, contradicts itself or violates the format.
    package init(path: FilePath) throws(ModelFileError) {
        do throws(MappedFile.OpenError) {
            file = try MappedFile(path: path)
        } catch {
            throw ModelFileError(error, path: path)
        }
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
            header = try .read(UnsafeRawBufferPointer(rebasing: bytes[8..<8 + Int(length)]))
        } catch {
            throw .notSafetensors(path: path, reason: error.reason)
        }
        dataOffset = 8 + Int(length)
        metadata = header.metadata ?? [:]
        tensors = try Self.tensors(header, in: file, from: dataOffset)
        try checkUnchanged()
    }

    /// Reads the tensors' entries. The format requires that tensors fill the data without gaps.
    private static func tensors(
        _ header: SafetensorsHeader, in file: MappedFile, from dataOffset: Int
    ) throws(ModelFileError) -> [String: SafetensorsTensor] {
        let dataSize = file.bytes.count - dataOffset
        var tensors: [String: SafetensorsTensor] = [:]
        var end = 0
        for (name, entry) in header.tensors.sorted(by: { $0.value.start < $1.value.start }) {
            func error(_ reason: String) -> ModelFileError { .notSafetensors(path: file.path, reason: reason) }
            guard let type = SafetensorsTensor.ElementType(rawValue: entry.dtype) else {
                throw error("\(name.quoted) has elements of type \(entry.dtype.quoted), not F16 or F32")
            }
            var size = type.size
            for dimension in entry.shape {
                let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
                guard dimension > 0, !overflow else {
                    throw error("\(name.quoted) has the impossible shape \(entry.shape)")
                }
                size = product
            }
            guard entry.start == end, entry.end >= entry.start, entry.end - entry.start == size else {
                throw error("the place of \(name.quoted) contradicts its shape or its neighbour")
            }
            guard entry.end <= dataSize else {
                throw error("it is truncated: \(name.quoted) ends at byte \(entry.end) of \(dataSize)")
            }
            end = entry.end
            tensors[name] = SafetensorsTensor(
                elementType: type, shape: entry.shape, file: file,
                range: dataOffset + entry.start..<dataOffset + entry.end)
        }
        guard end == dataSize else {
            throw .notSafetensors(path: file.path, reason: "\(dataSize - end) bytes follow its last tensor")
        }
        return tensors
    }

    /// Returns a tensor.
    ///
    /// - Parameter shape: the required shape, or nil for any.
    /// - Throws: ``ModelFileError/missingTensor(path:name:)`` or
    ///   ``ModelFileError/wrongShape(path:name:found:expected:)``.
    package func tensor(_ name: String, shape: [Int]? = nil) throws(ModelFileError) -> SafetensorsTensor {
        guard let tensor = tensors[name] else { throw .missingTensor(path: path, name: name) }
        if let shape, tensor.shape != shape {
            throw .wrongShape(path: path, name: name, found: tensor.shape, expected: shape)
        }
        return tensor
    }

    /// Checks that everything read so far was in the file when it was opened. Every result passes this check before it
    /// is returned.
    ///
    /// - Throws: ``ModelFileError/changed(path:)`` or ``ModelFileError/unreadable(path:reason:)``.
    /// - Complexity: one system call; reads the whole file once if its status has changed but not its modification
    ///   time, as after a renaming.
    package func checkUnchanged() throws(ModelFileError) {
        switch file.state {
        case .unchanged: return
        case .changed: throw .changed(path: path)
        case .unreadable: throw .unreadable(path: path, reason: SystemError(number: EIO).message)
        case .touched(let time):
            guard dataSHA256() == self[.dataSHA256] else { throw .changed(path: path) }
            file.acceptTouch(at: time)
        }
    }
}

extension ModelFileError {
    fileprivate init(_ error: MappedFile.OpenError, path: FilePath) {
        self = switch error {
        case .system(let error): .unreadable(path: path, reason: error.message)
        case .notRegular: .unreadable(path: path, reason: "it is not a regular file")
        case .empty: .notSafetensors(path: path, reason: "it is empty")
        case .tooLarge: .unreadable(path: path, reason: "it is too large to be mapped")
        }
    }
}
