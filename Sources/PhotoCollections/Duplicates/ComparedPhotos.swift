import Kernels
import Platform

/// The data of any number of photos that duplicates are found by: in columns, in the order in which photos would be
/// kept.
package struct ComparedPhotos: Sendable {
    package private(set) var count = 0
    let featureCount: Int
    /// The bytes minus 128, `[count x featureCount]`: signed, as one side of a product of rows must be.
    private(set) var features: [Int8] = []
    /// The sum of the bytes of each row of `features`.
    private(set) var byteSums: [Int32] = []
    /// The sum of the first ``headCount`` bytes of each row.
    private(set) var headSums: [Int32] = []
    /// The length of each photo's remaining bytes as a vector, as a share of the whole length.
    private(set) var tails: [Float] = []
    /// 1 / the length of each photo's bytes as a vector; 0 for a photo without features.
    private(set) var inverseLengths: [Float] = []
    private(set) var hashes: [UInt64] = []
    private(set) var mirroredHashes: [UInt64] = []

    /// The memory of a photo besides its features: 256 bytes that most pairs are compared by, sums, lengths and hashes.
    private static let sketchBytes = 256 + 64

    /// Makes room for photos.
    ///
    /// - Throws: ``CollectionError/outOfMemory`` if the system does not grant the memory.
    package init(featureCount: Int, capacity: Int = 0) throws(CollectionError) {
        self.featureCount = featureCount
        try Self.checkMemory(featureCount: featureCount, capacity: capacity)
        features.reserveCapacity(capacity * featureCount)
    }

    /// Checks if there is memory for photos: an array that cannot grow ends the process.
    ///
    /// - Throws: ``CollectionError/outOfMemory`` if the system does not grant it.
    package static func checkMemory(featureCount: Int, capacity: Int) throws(CollectionError) {
        let size = max(1, capacity * (featureCount + sketchBytes))
        let probe = AddressSpace.block(of: size) { malloc(size) }
        guard probe != nil else { throw .outOfMemory }
        free(probe)
    }

    package mutating func append(_ photo: QuantizedFeatures, _ hash: PerceptualHash) {
        precondition(photo.bytes.count == featureCount, "features of another network")
        features.append(contentsOf: photo.bytes.lazy.map { Int8(bitPattern: $0 ^ 0x80) })
        let head = photo.bytes.prefix(headCount)
        headSums.append(head.reduce(0) { $0 + Int32($1) } - 128 * Int32(headCount))
        byteSums.append(headSums[count] + photo.bytes.dropFirst(headCount).reduce(0) { $0 + Int32($1) - 128 })
        let square = photo.squareSum - head.reduce(0) { $0 + Int($1) * Int($1) }
        tails.append(photo.squareSum > 0 ? (Float(square) / Float(photo.squareSum)).squareRoot() : 0)
        inverseLengths.append(photo.squareSum > 0 ? 1 / Float(photo.squareSum).squareRoot() : 0)
        hashes.append(hash.plain)
        mirroredHashes.append(hash.mirrored)
        count += 1
    }

    /// The number of features that are compared first: about half of them.
    var headCount: Int { featureCount / (2 * rowAlignment) * rowAlignment }

    /// Returns a photo's bytes as they are stored.
    func bytes(of photo: Int) -> some Sequence<UInt8> {
        features[photo * featureCount..<(photo + 1) * featureCount].lazy.map { UInt8(bitPattern: $0) ^ 0x80 }
    }

    func hashDistance(_ a: Int, _ b: Int) -> Int {
        min((hashes[a] ^ hashes[b]).nonzeroBitCount, (mirroredHashes[a] ^ hashes[b]).nonzeroBitCount)
    }
}
