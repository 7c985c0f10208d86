import Platform

/// Faults of model files. Every message is one line that names the file; text from the file itself is quoted, its line
/// breaks and control characters escaped.
package enum ModelFileError: Error, Equatable, CustomStringConvertible {
    /// No file was found in the places searched.
    ///
    /// - Parameter known: the files of that kind that exist there.
    case notFound(file: FilePath, searched: [FilePath], known: [FilePath] = [])
    /// A directory named by the environment does not exist.
    case noDirectory(name: String, path: FilePath)
    case unreadable(path: FilePath, reason: String)
    case notSafetensors(path: FilePath, reason: String)
    case missingTensor(path: FilePath, name: String)
    case wrongShape(path: FilePath, name: String, found: [Int], expected: [Int])
    case wrongMetadata(path: FilePath, key: MetadataKey, found: String?, expected: String)
    /// The head was made for another backbone.
    case mismatch(head: FilePath, backbone: FilePath)
    /// The data does not match the header's checksum, or holds NaN or infinity.
    case corrupt(path: FilePath, reason: String)
    /// Another program wrote to the file after it was opened.
    case changed(path: FilePath)

    package var description: String {
        switch self {
        case .notFound(let file, let searched, let known):
            "\(file.line): no such model file in \(searched.map(\.line).joined(separator: ", "))"
                + (known.isEmpty ? "" : "; there are \(known.map(\.line).joined(separator: ", "))")
        case .noDirectory(let name, let path):
            "\(name): \(path.line) is not a directory"
        case .unreadable(let path, let reason):
            "\(path.line): cannot be read: \(reason)"
        case .notSafetensors(let path, let reason):
            "\(path.line): not a usable safetensors file: \(reason)"
        case .missingTensor(let path, let name):
            "\(path.line): lacks the tensor \(name.quoted)"
        case .wrongShape(let path, let name, let found, let expected):
            "\(path.line): \(name.quoted) has the shape \(found) where \(expected) is expected; is this file for "
                + "another network?"
        case .wrongMetadata(let path, let key, let found, let expected):
            "\(path.line): metadata \"\(key.rawValue)\" is \(found?.quoted ?? "missing") where \(expected) is expected"
        case .mismatch(let head, let backbone):
            "\(head.line): made for another backbone than \(backbone.line); use the two files that belong together"
        case .corrupt(let path, let reason):
            "\(path.line): damaged: \(reason); fetch or convert it again"
        case .changed(let path):
            "\(path.line): changed while it was in use; run again when it is complete"
        }
    }
}
