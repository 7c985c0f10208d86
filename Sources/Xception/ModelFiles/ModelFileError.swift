/// What can be wrong with a model file. Every message is one line that names the file; what the file
/// itself says is quoted, line breaks and control characters escaped.
public enum ModelFileError: Error, Equatable, CustomStringConvertible {
    /// No file was found in the places searched.
    case notFound(file: String, searched: [String])
    case unreadable(path: String, reason: String)
    case notSafetensors(path: String, reason: String)
    case missingTensor(path: String, name: String)
    case wrongShape(path: String, name: String, found: [Int], expected: [Int])
    case wrongMetadata(path: String, key: String, found: String?, expected: String)
    /// The head was made for another backbone.
    case mismatch(head: String, backbone: String)
    /// The data is not what the header's checksum was taken of, or holds no numbers.
    case corrupt(path: String, reason: String)

    public var description: String {
        switch self {
        case .notFound(let file, let searched):
            "\(file): no such model file in \(searched.joined(separator: ", ")); name one with --model or --head, "
                + "or the directory in XCEPTION_MODELS"
        case .unreadable(let path, let reason):
            "\(path): cannot be read: \(reason)"
        case .notSafetensors(let path, let reason):
            "\(path): not a usable safetensors file: \(reason); convert weights with xception-convert"
        case .missingTensor(let path, let name):
            "\(path): lacks the tensor \(name.debugDescription); convert the weights again with xception-convert"
        case .wrongShape(let path, let name, let found, let expected):
            "\(path): \(name.debugDescription) has the shape \(found) where \(expected) is expected; is this file for another network?"
        case .wrongMetadata(let path, let key, let found, let expected):
            "\(path): metadata \"\(key)\" is \(found?.debugDescription ?? "missing") where \(expected) is expected"
        case .mismatch(let head, let backbone):
            "\(head): made for another backbone than \(backbone); use the two files that belong together"
        case .corrupt(let path, let reason):
            "\(path): damaged: \(reason); fetch or convert it again"
        }
    }
}
