import ModelFiles
import Platform

/// Recognises heads that `train` wrote.
enum HeadOutput: RecognizableOutput {
    static func wrote(_ file: FilePath, _ descriptor: Int32) throws(SystemError) -> Bool {
        guard let head = try? Head(path: file), head.training != nil else { return false }
        // The checksum covers all tensors.
        return (try? head.file.verify()) != nil
    }
}
