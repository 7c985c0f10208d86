import Foundation
import KernelSelection
import Kernels
import PhotoCollections
import Platform
import TestSupport
import Testing

@Suite struct CollectionTests {
    private let folder: TemporaryFolder
    private var file: FilePath { FilePath(folder.path + "/photos.xdb") }

    init() throws { folder = try TemporaryFolder() }

    private func made() throws -> PhotoCollection { try PhotoCollection(file, creatingFor: origin, version: "1") }

    @Test("Photos come back as they were added, also those whose paths are not UTF-8 and those with an error")
    func roundTrip() throws {
        let collection = try made()
        let first = photo("/a/b.jpg", seed: 1, mean: collection.mean)
        let strange = CollectedPhoto(
            file: CollectedFile(path: FilePath(bytes: [0x2F, 0xFF, 0x41]), size: 3, modified: -1), content: nil,
            outcome: .failure(code: "corrupt_image", message: "the image is damaged"))
        try collection.add(first)
        try collection.add(strange)
        try collection.flush()
        let again = try PhotoCollection(file, readOnly: true)
        #expect(again.origin == origin)
        #expect(try again.photo(at: first.file.path) == first)
        #expect(try again.photo(at: strange.file.path) == strange)
        #expect(try again.photo(at: FilePath("/a")) == nil)
        #expect(try again.counts() == (1, 1))
        #expect(try again.unchanged(first.file) != nil)
        #expect(try again.unchanged(CollectedFile(path: first.file.path, size: 1001, modified: 6)) == nil)
        #expect(try again.list(after: nil, count: 10).map(\.path) == [first.file.path, strange.file.path])
        #expect(try again.list(after: first.file.path, count: 10).map(\.path) == [strange.file.path])
        try again.verify()
    }

    @Test("A photo replaces the one at its path, moves, and leaves")
    func changes() throws {
        let collection = try made()
        try collection.add(photo("/a", seed: 1, mean: collection.mean))
        try collection.flush()
        try collection.add(photo("/a", seed: 2, mean: collection.mean))
        try collection.add(photo("/b", seed: 3, mean: collection.mean))
        try collection.flush()
        #expect(try collection.counts().photos == 2)
        let found = try collection.photos(size: 1002, content: ContentHash(value: 2))
        #expect(found.map(\.path) == [FilePath("/a")])
        try collection.move(found[0].id, to: CollectedFile(path: FilePath("/b"), size: 1002, modified: 9))
        #expect(try collection.counts().photos == 1)
        #expect(try collection.photo(at: FilePath("/b"))?.content == ContentHash(value: 2))
        try collection.remove([found[0].id])
        #expect(try collection.counts().photos == 0)
    }

    @Test("What is no collection, or a newer or another one's, is refused in a line and left as it is")
    func refusals() throws {
        try folder.write("photos.xdb", "not a database".utf8)
        #expect(throws: CollectionError.notACollection(path: file, found: "a file of another kind")) {
            try PhotoCollection(file, creatingFor: origin, version: "1")
        }
        try folder.write("photos.xdb", [])
        #expect(throws: CollectionError.notACollection(path: file, found: "an empty file")) {
            try PhotoCollection(file)
        }
        #expect(throws: CollectionError.notFound(path: FilePath("/nowhere"))) {
            try PhotoCollection(FilePath("/nowhere"))
        }
        unlink(file.text)

        do { _ = try made() }
        func change(_ offset: Int, _ bytes: [UInt8]) throws {
            var data = try Data(contentsOf: URL(filePath: file.text))
            data.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            try data.write(to: URL(filePath: file.text))
        }
        let precision = OriginDifference("precision fp32, not int8", option: "--precision fp32")
        #expect(throws: CollectionError.otherOrigin(path: file, differences: [precision])) {
            try PhotoCollection(
                file,
                creatingFor: CollectionOrigin(
                    backbone: "0123", network: "xception", featureCount: 128, precision: "int8",
                    preprocessing: "squash, bilinear"), version: "1")
        }
        try change(60, [0, 0, 0, 2])
        #expect(throws: CollectionError.newerVersion(path: file, version: 2)) { try PhotoCollection(file) }
        try change(68, [0, 0, 0, 0])
        #expect(throws: CollectionError.notACollection(path: file, found: "an SQLite database of another program")) {
            try PhotoCollection(file)
        }
    }

    @Test("A reader leaves nothing beside the file, writes nothing, and sees what a writer's log holds")
    func readers() throws {
        func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
        do {
            let collection = try made()
            try collection.add(photo("/a", seed: 1, mean: collection.mean))
            try collection.flush()
            #expect(try PhotoCollection(file, readOnly: true).counts() == (1, 0))
            #expect(try files() == ["photos.xdb", "photos.xdb-shm", "photos.xdb-wal"])
        }
        #expect(try files() == ["photos.xdb"])
        do {
            let reader = try PhotoCollection(file, readOnly: true)
            let features = photo("/a", seed: 1, mean: reader.mean).features!.features.values
            let query = try #require(SimilarityQuery(features, mean: reader.mean))
            let found = try reader.nearest(to: [query], count: 1, kernels: ProcessorKernels.best.rows, threads: 2)
            #expect(found?[0].count == 1)
            #expect(throws: CollectionError.readOnly(path: file)) { try reader.remove([1]) }
        }
        #expect(try files() == ["photos.xdb"])
    }

    @Test("Damage anywhere in the file is an error, or does no harm")
    func damage() throws {
        do {
            let collection = try made()
            for seed in 0..<40 { try collection.add(photo("/\(seed)", seed: seed, mean: collection.mean)) }
            try collection.flush()
        }
        let good = try Data(contentsOf: URL(filePath: file.text))
        var numbers = Numbers(seed: 3)
        for round in 0..<60 {
            var data = good
            if round % 3 == 0 {
                data = data.prefix(Int(numbers.next()) % data.count)
            } else {
                for _ in 0..<20 { data[Int(numbers.next()) % data.count] = UInt8(truncatingIfNeeded: numbers.next()) }
            }
            let path = try folder.write("damaged-\(round).xdb", data)
            do throws(CollectionError) {
                let collection = try PhotoCollection(path)
                try collection.verify()
                _ = try collection.list(after: nil, count: 100)
                try collection.add(photo("/new", seed: 99, mean: collection.mean))
                try collection.flush()
            } catch {
                #expect(!error.description.contains("\n"))
            }
        }
    }

    @Test("The file is what Documentation/collections.md says: SQLite with a number of its own, 16 KiB pages, a log")
    func contract() throws {
        do { _ = try made() }
        let header = try Data(contentsOf: URL(filePath: file.text)).prefix(100)
        #expect(header.starts(with: "SQLite format 3\0".utf8))
        #expect(Array(header[16..<18]) == [0x40, 0x00])
        // The write-ahead log.
        #expect(Array(header[18..<20]) == [2, 2])
        #expect(Array(header[60..<64]) == [0, 0, 0, 1])
        #expect(Array(header[68..<72]) == Array("xcph".utf8))
    }

    @Test("A file that was moved has the same content hash; one that differs at either end has not")
    func contentHash() throws {
        var bytes = [UInt8](repeating: 7, count: 200_000)
        func hash() throws -> ContentHash? { ContentHash(of: try folder.write("file", bytes), size: bytes.count) }
        let first = try hash()
        #expect(first != nil)
        #expect(bytes.withUnsafeBytes { ContentHash(file: $0) } == first)
        bytes[100_000] = 8
        #expect(try hash() == first)
        bytes[199_999] = 8
        #expect(try hash() != first)
        bytes = [1]
        #expect(try bytes.withUnsafeBytes { ContentHash(file: $0) } == hash())
        #expect(ContentHash(of: FilePath(folder.path + "/none"), size: 1) == nil)
    }
}
