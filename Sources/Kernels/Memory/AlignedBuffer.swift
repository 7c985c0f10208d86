import Platform

/// Memory for 32-bit words, aligned for vectors. Growing discards its contents.
public final class AlignedBuffer {
    /// The capacity in words.
    public private(set) var capacity = 0
    private var memory: UnsafeMutableRawPointer?

    /// Larger blocks begin at a huge page and request huge pages, which saves most of the page faults of a first run
    /// and of the address translation in every run.
    private static let hugePage = 2 << 20

    public init() {}

    /// Allocates a buffer of `words` words.
    ///
    /// - Throws: ``OutOfMemory``.
    public convenience init(words: Int) throws(OutOfMemory) {
        self.init()
        try reserve(words)
    }

    deinit { free(memory) }

    /// The start of the memory.
    ///
    /// - Precondition: something was reserved.
    public var words: UnsafeMutableRawPointer { memory! }

    /// The words as 32-bit floats.
    public var floats: UnsafeMutablePointer<Float> { memory!.assumingMemoryBound(to: Float.self) }

    /// Makes room for `count` words. If that fails, the buffer is empty.
    public func reserve(_ count: Int) throws(OutOfMemory) {
        guard count > capacity else { return }
        free(memory)
        memory = nil
        capacity = 0
        let size = count * MemoryLayout<Float>.stride
        let alignment = size >= Self.hugePage ? Self.hugePage : CacheLine.bytes
        let rounded = (size + alignment - 1) / alignment * alignment
        memory = AddressSpace.block(of: rounded + alignment) {
            var block: UnsafeMutableRawPointer?
            return posix_memalign(&block, alignment, rounded) == 0 ? block : nil
        }
        guard memory != nil else { throw OutOfMemory(bytes: rounded) }
        #if os(Linux)
        if alignment == Self.hugePage { madvise(memory, rounded, MADV_HUGEPAGE) }
        #endif
        memory!.bindMemory(to: Float.self, capacity: count)
        capacity = count
    }
}
