import Kernels
import PhotoCollections
import Platform

/// Opens a collection, looks at all of it, searches it and changes it. Whatever the file is, that ends, and not in a trap.
func readCollection(_ bytes: UnsafeRawBufferPointer) {
    var name = Array("/tmp/fuzz-collection.XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    precondition(descriptor >= 0 && write(descriptor, bytes.baseAddress, bytes.count) == bytes.count)
    close(descriptor)
    let path = FilePath(cString: name)
    // SQLite's own files beside it.
    defer {
        for ending in ["", "-wal", "-shm", "-journal"] { _ = FilePath(bytes: path.bytes + ending.utf8).withCString { unlink($0) } }
    }
    for readOnly in [true, false] {
        do throws(CollectionError) {
            let collection = try PhotoCollection(path, readOnly: readOnly)
            try? collection.verify()
            _ = try? collection.list(after: nil, count: 10)
            let features = (0..<collection.origin.featureCount).map { Float($0 % 7) }
            if let query = SimilarityQuery(features, mean: collection.mean) {
                let nearest = try collection.nearest(to: [query], count: 3, kernels: PortableRowKernels.self, threads: 1)
                precondition(nearest?[0].allSatisfy { (-1...1).contains($0.similarity) } ?? true)
            }
            guard !readOnly else { continue }
            try collection.add(CollectedPhoto(
                file: CollectedFile(path: FilePath("/new"), size: 1, modified: 1), content: nil,
                outcome: .failure(code: "unreadable", message: "fuzzed")))
            try collection.flush()
        } catch {
            precondition(!error.description.contains("\n"), "an error is one line")
        }
    }
}
