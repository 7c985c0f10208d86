/// A search for rows that may be pairs of one row: `products + addends + factor * factors >= limit`, or at most
/// `hashDistance` bits of the hash differ from the row's, or from that of its mirror image.
public struct PairFilter {
    /// The products of the row with each of the others, `[count]`.
    @usableFromInline let products: UnsafePointer<Int32>
    /// `[count]`.
    @usableFromInline let addends: UnsafePointer<Float>
    @usableFromInline let factor: Float
    /// `[count]`.
    @usableFromInline let factors: UnsafePointer<Float>
    @usableFromInline let limit: Float
    /// `[count]`.
    @usableFromInline let hashes: UnsafePointer<UInt64>
    @usableFromInline let hash: UInt64
    @usableFromInline let mirroredHash: UInt64
    @usableFromInline let hashDistance: Int
    @usableFromInline let count: Int

    public init(
        products: UnsafePointer<Int32>, addends: UnsafePointer<Float>, factor: Float, factors: UnsafePointer<Float>,
        limit: Float,
        hashes: UnsafePointer<UInt64>, hash: UInt64, mirroredHash: UInt64, hashDistance: Int, count: Int
    ) {
        self.products = products
        self.addends = addends
        self.factor = factor
        self.factors = factors
        self.limit = limit
        self.hashes = hashes
        self.hash = hash
        self.mirroredHash = mirroredHash
        self.hashDistance = hashDistance
        self.count = count
    }
}
