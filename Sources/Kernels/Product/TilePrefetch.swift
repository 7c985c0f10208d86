import CSIMD

/// What a microkernel brings into the second-level cache while it computes, a line now and then.
///
/// A core waits for one or two dozen lines at once at most. If more are asked for in a row, the
/// lines that the microkernel itself reads from the second-level cache have to wait as well: evenly
/// spread, the same prefetches cost nothing.
public struct TilePrefetch {
    /// A line here at the first step of the depth, then `streamStep` bytes further at each step.
    @usableFromInline var stream: UnsafeRawPointer
    @usableFromInline var streamStep = 0
    /// Two lines here at the first block of the depth, then `outputStep` bytes further at each block.
    @usableFromInline var output: UnsafeRawPointer
    @usableFromInline var outputStep = 0
    /// Two more lines so many bytes from those; 0 for none.
    @usableFromInline var residualOffset = 0

    /// Nothing but a line that is in cache anyway.
    package init(none pointer: UnsafeRawPointer) {
        stream = pointer
        output = pointer
    }

    /// Spreads the part `part` of `parts` of `bytes` bytes at `start` over `steps` steps.
    mutating func setStream(_ start: UnsafeRawPointer, bytes: Int, part: Int, of parts: Int, steps: Int) {
        stream = start + part * bytes / parts
        streamStep = (bytes / parts + steps - 1) / steps
    }
}
