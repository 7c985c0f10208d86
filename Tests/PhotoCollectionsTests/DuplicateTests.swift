import Images
import KernelSelection
import Kernels
import PhotoCollections
import Platform
import Synchronization
import TestSupport
import Testing

@Suite struct DuplicateTests {
    @Test("Perceptual hashes are those of imagehash 4.3, of pictures that Pillow squashed to 299 x 299", arguments: [
        ("astronaut.jpg", 0xc292_4c55_32bd_dfc8, 0x97c7_1918_67e8_8a9d),
        ("chelsea.png", 0xb15f_e646_5121_175e, 0xf40a_b33b_5474_c60f),
        ("china.jpg", 0x9db8_c2c7_445d_bb24, 0xc8ed_b792_1328_ee70),
        ("coins.png", 0xe4d5_b5a9_2b54_523a, 0xb580_e1fc_7e01_076f),
        ("flower.jpg", 0x9b64_3866_33cd_c96c, 0xce31_6d33_6698_9c39),
        ("rocket.jpg", 0xc037_1bec_1be5_1267, 0x9572_4eb9_4eb0_4736),
    ] as [(String, UInt64, UInt64)])
    func hash(name: String, plain: UInt64, mirrored: UInt64) throws {
        let hash = try PerceptualHash(fixture(name))
        #expect(hash.plain == plain)
        // The mirror image's coefficients are computed, not its pixels: one at the median may fall to the other side.
        #expect((hash.mirrored ^ mirrored).nonzeroBitCount <= 2)
        #expect(hash.distance(to: PerceptualHash(plain: mirrored, mirrored: plain)) <= 2)
    }

    /// Features at a known angle from those of a photo.
    private func mixed(_ a: [Float], _ b: [Float], _ share: Float) -> [Float] {
        zip(a, b).map { $0 * (1 - share) + $1 * share }
    }

    @Test("All pairs are compared: groups form around the photo that is kept, not along chains", arguments: [1, 4])
    func groups(threads: Int) throws {
        let mean = GenericMean([Float](repeating: 0, count: 128))
        var numbers = Numbers(seed: 11)
        var compared = try ComparedPhotos(featureCount: 128, capacity: 700)
        var bases: [[Float]] = []
        var hashes: [UInt64] = []
        // Photos 0 to 599 are themselves; 600 + i is a copy of photo 7 i.
        for _ in 0..<600 {
            bases.append(numbers.features(128))
            hashes.append(numbers.next() << 20 ^ numbers.next())
            compared.append(
                QuantizedFeatures(bases.last!, mean: mean),
                PerceptualHash(plain: hashes.last!, mirrored: ~hashes.last!))
        }
        for index in 0..<50 {
            let hash = index % 2 == 0 ? hashes[7 * index] ^ 0b1011 : numbers.next()
            let noise = numbers.features(128)
            compared.append(
                QuantizedFeatures(mixed(bases[7 * index], noise, 0.02), mean: mean),
                PerceptualHash(plain: hash, mirrored: ~hash))
        }
        let asked = Mutex<Set<Int>>([])
        let picture = try AlignmentPicture(fixture("china.jpg")), other = try AlignmentPicture(fixture("coffee.jpg"))
        let search = DuplicateSearch(compared, kernels: .best, threads: threads) { photo in
            asked.withLock { _ = $0.insert(photo) }
            // Every other copy that hashes do not find is found by its pixels.
            return photo < 600 || photo % 4 == 1 ? picture : photo % 4 == 3 ? other : nil
        }
        let (groups, unreadable) = try #require(search.groups())
        var expected: [Int: Int] = [:]
        for index in 0..<50 where index % 2 == 0 || (600 + index) % 4 == 1 { expected[7 * index] = 600 + index }
        #expect(groups.map(\.kept) == expected.keys.sorted())
        for group in groups {
            let copy = try #require(expected[group.kept])
            #expect(group.copies.map(\.photo) == [copy])
            #expect(group.copies.first?.evidence == (copy % 2 == 0 ? .hash : .pixels))
        }
        #expect(unreadable.isEmpty)
        #expect(asked.withLock { $0.isDisjoint(with: (600..<650).filter { $0 % 2 == 0 }) }, "hashes need no pixels")
        let cancelled = DuplicateSearch(compared, kernels: .best, threads: threads, isCancelled: { true }) { _ in nil }
        #expect(cancelled.groups() == nil)
    }

    @Test("A copy whose hash is near only another copy's joins the group, if its features are like the kept photo's")
    func copiesOfCopies() throws {
        let mean = GenericMean([Float](repeating: 0, count: 128))
        var numbers = Numbers(seed: 4)
        let base = numbers.features(128)
        var compared = try ComparedPhotos(featureCount: 128)
        // The kept one in a window, the picture, a small copy of it, and another picture of nearly the same hash.
        let features = [
            base, mixed(base, numbers.features(128), 0.1), mixed(base, numbers.features(128), 0.6),
            [Float](repeating: 0, count: 96) + numbers.features(32),
        ]
        for (features, hash) in zip(features, [0, 0xFFFF_FFFF, 0xFFFF_FFFE, 0xFFFF_FFFC] as [UInt64]) {
            compared.append(
                QuantizedFeatures(features, mean: mean), PerceptualHash(plain: hash, mirrored: hash ^ 0xFFFF_0000_0000))
        }
        let picture = try AlignmentPicture(fixture("china.jpg"))
        let search = DuplicateSearch(compared, kernels: .best, threads: 2) { $0 < 2 ? picture : nil }
        let group = try #require(search.groups()?.groups.first)
        #expect(search.groups()?.groups.count == 1)
        #expect(group.kept == 0 && group.copies.map(\.photo) == [1, 2])
        #expect(group.copies.map(\.evidence) == [.pixels, .hash])
    }

    @Test("No pair is lost that plain comparison finds, however much of photos lies outside of the sketches",
          arguments: [0.1, 0.6])
    func exhaustive(noise: Float) throws {
        let (count, length) = (900, 512)
        let mean = GenericMean([Float](repeating: 0, count: length))
        var numbers = Numbers(seed: 31)
        let kinds = (0..<120).map { _ in numbers.features(length) }
        var compared = try ComparedPhotos(featureCount: length, capacity: count)
        var photos: [QuantizedFeatures] = []
        for index in 0..<count {
            let kind = kinds[Int(numbers.next() % 120)]
            photos.append(QuantizedFeatures(mixed(kind, numbers.features(length), noise * numbers.unit()), mean: mean))
            if index == 400 { photos[400] = QuantizedFeatures([Float](repeating: 0, count: length), mean: mean) }
            let hash = PerceptualHash(plain: numbers.next() << 32, mirrored: numbers.next() << 32 | 0xFFFF_FFFF)
            compared.append(photos[index], hash)
        }
        func cosine(_ a: QuantizedFeatures, _ b: QuantizedFeatures) -> Double {
            let product = zip(a.bytes, b.bytes).reduce(0) { $0 + Int($1.0) * Int($1.1) }
            return product == 0 ? 0 : Double(product) / (Double(a.squareSum) * Double(b.squareSum)).squareRoot()
        }
        var expected: [Int: [Int]] = [:]
        var isFree = [Bool](repeating: true, count: count)
        for photo in 0..<count where isFree[photo] {
            let copies = (photo + 1..<count).filter { isFree[$0] && cosine(photos[photo], photos[$0]) >= 0.9 }
            for copy in copies { isFree[copy] = false }
            if !copies.isEmpty { expected[photo] = copies }
        }
        var rule = DuplicateRule()
        rule.hashDistance = 0
        rule.momentCosine = 0.9
        rule.cosine = 1
        let search = DuplicateSearch(compared, rule: rule, kernels: .best, threads: 2) { _ in nil }
        let groups = try #require(search.groups()).groups
        #expect(!expected.isEmpty && expected.count < count / 2)
        #expect(Dictionary(uniqueKeysWithValues: groups.map { ($0.kept, $0.copies.map(\.photo)) }) == expected)
    }

    @Test("Any number of copies of one picture are one group; those of a moment only if asked for")
    func manyCopies() throws {
        let mean = GenericMean([Float](repeating: 0, count: 64))
        var compared = try ComparedPhotos(featureCount: 64)
        var numbers = Numbers(seed: 2)
        let features = numbers.features(64)
        for _ in 0..<300 {
            compared.append(QuantizedFeatures(features, mean: mean), PerceptualHash(plain: 5, mirrored: 6))
        }
        let alone = UInt64.max
        compared.append(
            QuantizedFeatures(features, mean: mean), PerceptualHash(plain: alone, mirrored: ~alone ^ 0xFFFF_0000))
        let plain = DuplicateSearch(compared, kernels: .best, threads: 2) { _ in nil }
        #expect(plain.groups()?.groups.map(\.copies.count) == [299])
        #expect(plain.groups()?.unreadable == [0])
        var rule = DuplicateRule()
        rule.momentCosine = 0.9
        let moments = DuplicateSearch(compared, rule: rule, kernels: .best, threads: 2) { _ in nil }
        #expect(moments.groups()?.groups.map(\.copies.count) == [300])
        #expect(moments.groups()?.groups[0].copies.last?.evidence == .moment)
    }

    @Test("More photos than memory holds are an error, before any is read")
    func memory() {
        #expect(throws: CollectionError.outOfMemory) {
            try ComparedPhotos.checkMemory(featureCount: 2048, capacity: 1 << 48)
        }
        #expect(throws: CollectionError.outOfMemory) { _ = try ComparedPhotos(featureCount: 2048, capacity: 1 << 48) }
    }

    @Test("The photo to keep: reference, preferred, most pixels, least compressed, oldest, first")
    func keepOrder() {
        func order(
            _ isReference: Bool = false, _ isPreferred: Bool = false, pixels: Int = 10, bytes: Int = 10,
            modified: Int64 = 10, number: Int = 10
        ) -> KeepOrder {
            KeepOrder(
                isReference: isReference, isPreferred: isPreferred, pixels: pixels, bytes: bytes, modified: modified,
                number: number)
        }
        let ladder: [(KeepOrder, KeepOrder.Reason)] = [
            (order(true, pixels: 1), .reference), (order(false, true, pixels: 1), .preferred),
            (order(pixels: 11, bytes: 1), .mostPixels), (order(bytes: 11, modified: 99), .leastCompressed),
            (order(modified: 9, number: 99), .oldest), (order(number: 9), .first),
        ]
        for (index, (better, reason)) in ladder.enumerated() {
            #expect(better.reason(over: order()) == reason)
            #expect(order().reason(over: better) == nil)
            for (worse, _) in ladder[(index + 1)...] { #expect(better.reason(over: worse) == reason) }
        }
    }
}
