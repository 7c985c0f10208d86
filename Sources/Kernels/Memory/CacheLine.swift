/// A line of cache, the unit in which memory is aligned and prefetched.
@usableFromInline
enum CacheLine {
    @inlinable static var bytes: Int { 64 }
    /// 32-bit words in a line.
    @inlinable static var words: Int { 16 }
}
