import ModelFiles

/// What reference implementations computed, Tests/Goldens/*.safetensors; Scripts/goldens says how.
package struct Goldens {
    package let file: SafetensorsFile

    package init(_ name: String) throws {
        file = try SafetensorsFile(path: Repository.filePath("Tests/Goldens/\(name).safetensors"))
    }

    package func values(_ name: String) throws -> [Float] { try file.tensor(name).floats }

    /// What follows `prefix` in the names that have it.
    package func names(prefix: String) -> [String] {
        file.tensors.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }.sorted()
    }
}

extension SafetensorsTensor {
    /// The elements of a tensor of 32-bit floats.
    package var floats: [Float] {
        precondition(elementType == .float32)
        return withUnsafeBytes { bytes in (0..<count).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) } }
    }
}

package func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    precondition(a.count == b.count)
    return zip(a, b).map { abs($0 - $1) }.max() ?? 0
}
