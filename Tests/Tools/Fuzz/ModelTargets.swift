@testable import ModelFiles
import Platform
import Xception

/// Reads a head with all its metadata, as `--head` does, and the same file as a backbone.
func readModelFile(_ bytes: UnsafeRawBufferPointer) {
    withFile(bytes) { descriptor in
        let path = FilePath("/proc/self/fd/\(descriptor)")
        if let head = try? Head(path: path) {
            precondition(!head.classes.isEmpty, "a head without classes was accepted")
        }
        _ = try? Backbone(path: path)
    }
}
