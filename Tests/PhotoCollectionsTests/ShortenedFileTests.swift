import KernelSelection
import Kernels
import PhotoCollections
import Platform
import Synchronization
import TestSupport
import Testing

/// A collection that another program cuts off while it is read.
@Suite struct ShortenedFileTests {
    private let folder: TemporaryFolder
    private let collection: PhotoCollection

    init() throws {
        folder = try TemporaryFolder()
        let file = FilePath(folder.path + "/c.xdb")
        do {
            let writing = try PhotoCollection(file, creatingFor: origin, version: "1")
            for seed in 0..<3000 { try writing.add(photo("/\(seed)", seed: seed, mean: writing.mean)) }
            try writing.flush()
        }
        collection = try PhotoCollection(file, readOnly: true)
    }

    private static func shorten(_ file: FilePath, to size: Int) {
        #expect(file.withCString { truncate($0, off_t(size)) } == 0)
    }

    /// Pages are of 16 KiB; 100,001 bytes end within one.
    @Test("A search reports that the file, which is mapped into memory, became shorter", arguments: [16_384, 100_001])
    func mapped(size: Int) throws {
        let query = try #require(SimilarityQuery([Float](repeating: 1, count: 128), mean: collection.mean))
        let file = collection.path
        let isShort = Atomic<Bool>(false)
        let error = #expect(throws: CollectionError.self) {
            // Called when the file is mapped and none of its photos has been read.
            _ = try collection.nearest(to: [query], count: 5, kernels: ProcessorKernels.best.rows, threads: 1) {
                if !isShort.exchange(true, ordering: .acquiringAndReleasing) { Self.shorten(file, to: size) }
                return false
            }
        }
        let wasShortened = isShort.load(ordering: .acquiring)
        #expect(wasShortened)
        guard case .damaged = try #require(error) else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.split(separator: "\n").count == 1)
    }

    @Test("Reading one photo after another reports it, too", arguments: [16_384, 100_001])
    func listed(size: Int) throws {
        let error = #expect(throws: CollectionError.self) {
            try collection.forEachFile { id, _, _, _ in
                if id == 1 { Self.shorten(collection.path, to: size) }
            }
            for id in 1...3000 { _ = try collection.photo(id) }
        }
        #expect(error?.description.split(separator: "\n").count == 1)
    }
}
