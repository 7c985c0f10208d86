import KernelSelection
import Kernels
import PhotoCollections
import Platform
import TestSupport
import Testing

@Suite struct SimilarityTests {
    /// The definition, in plain arithmetic.
    private func similarity(_ a: [Float], _ b: [Float], mean: GenericMean) -> Double {
        func centred(_ values: [Float]) -> [Double] {
            let length = values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            return zip(values, mean.values).map { Double($0.0) / length - Double($0.1) }
        }
        let (a, b) = (centred(a), centred(b))
        func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
    }

    @Test("Features in bytes keep to half a scale, and similarity to a thousandth")
    func quantization() throws {
        let mean = GenericMean.standard(featureCount: 2048)
        #expect(mean.squareSum > 0.26 && mean.squareSum < 0.27)
        var numbers = Numbers(seed: 1)
        let (a, b) = (numbers.features(2048), numbers.features(2048))
        let quantized = QuantizedFeatures(b, mean: mean)
        #expect(zip(quantized.values, b).allSatisfy { abs($0 - $1) <= quantized.scale * 0.5001 })
        let query = try #require(SimilarityQuery(a, mean: mean))
        #expect(abs(query.similarity(to: quantized) - similarity(a, b, mean: mean)) < 1e-3)
        let own = try #require(SimilarityQuery(quantized.values, mean: mean))
        #expect(abs(own.similarity(to: quantized) - 1) < 1e-6)
    }

    @Test("Photos without features have no direction, and nothing is similar to them")
    func nothing() throws {
        let mean = GenericMean.standard(featureCount: 64)
        #expect(SimilarityQuery([Float](repeating: 0, count: 64), mean: mean) == nil)
        let query = try #require(SimilarityQuery([Float](repeating: 1, count: 64), mean: mean))
        #expect(query.similarity(to: QuantizedFeatures([Float](repeating: 0, count: 64), mean: mean)) == 0)
    }

    @Test("The nearest of a collection are the nearest of all, in order, on any number of threads", arguments: [1, 3])
    func nearest(threads: Int) throws {
        let folder = try TemporaryFolder()
        let collection = try PhotoCollection(FilePath(folder.path + "/c.xdb"), creatingFor: origin, version: "1")
        let photos = (0..<900).map { photo("/\($0)", seed: $0, mean: collection.mean) }
        for photo in photos { try collection.add(photo) }
        try collection.flush()
        try collection.remove(100..<200)
        var numbers = Numbers(seed: 7777)
        let features = (0..<70).map { _ in numbers.features(128) }
        let queries = features.map { SimilarityQuery($0, mean: collection.mean)! }
        let found = try #require(try collection.nearest(
            to: queries, count: 10, kernels: ProcessorKernels.best.rows, threads: threads))
        for (features, found) in zip(features, found) {
            // Rows are numbered from 1.
            let expected = photos.enumerated().filter { !(100..<200).contains($0.offset + 1) }
                .map { offset, photo in
                    (offset + 1, similarity(features, photo.features!.features.values, mean: collection.mean))
                }
                .sorted { $0.1 > $1.1 }.prefix(10)
            #expect(found.map(\.id) == expected.map(\.0))
            #expect(zip(found, expected).allSatisfy { abs($0.similarity - $1.1) < 1e-5 })
        }
        let all = try collection.nearest(
            to: [queries[0]], count: 5000, kernels: ProcessorKernels.best.rows, threads: threads)
        #expect(all?[0].count == 800)
        let few = try collection.nearest(
            to: [queries[0]], count: 5000, minimum: 0.2, kernels: ProcessorKernels.best.rows, threads: threads)
        #expect(few?[0].count == all?[0].count { $0.similarity >= 0.2 })
        let none = try collection.nearest(
            to: queries, count: 1, kernels: ProcessorKernels.best.rows, threads: threads, isCancelled: { true })
        #expect(none == nil)
    }

    @Test("A heap keeps the nearest, of equals the first")
    func heap() {
        var numbers = Numbers(seed: 5)
        let all = (0..<500).map { Neighbor(id: $0, similarity: Double(numbers.next() % 50)) }
        var nearest = NearestPhotos(capacity: 20)
        for neighbor in all { nearest.insert(neighbor) }
        #expect(nearest.sorted == Array(all.sorted { ($0.similarity, $1.id) > ($1.similarity, $0.id) }.prefix(20)))
    }
}
