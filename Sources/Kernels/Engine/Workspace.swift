/// The memory that a thread uses alone while it computes a product.
final class Workspace {
    /// The packed left operand of a block.
    let left = AlignedBuffer()
    /// Packed panels of the right operand, unless they are prepacked.
    let panels = AlignedBuffer()
    /// Sums that are not complete.
    let tiles = AlignedBuffer()
    /// Rows of an image on their way to another format, a vector of channels at a time.
    let planes = AlignedBuffer()
    /// Scales of the left operand's rows, in formats that have scales.
    let scales = AlignedBuffer()
    /// The block whose left operand is in `left`.
    var block: Int?
    /// True if `panels` holds all panels of the product.
    var hasPanels = false

    /// The size of each buffer, in words.
    struct Size {
        var left = 0, panels = 0, tiles = 0, planes = 0, scales = 0
    }

    /// Prepares for another product.
    func reset(_ size: Size) throws(OutOfMemory) {
        block = nil
        hasPanels = false
        try left.reserve(size.left)
        try panels.reserve(size.panels)
        try tiles.reserve(size.tiles)
        try planes.reserve(size.planes)
        try scales.reserve(size.scales)
    }
}
