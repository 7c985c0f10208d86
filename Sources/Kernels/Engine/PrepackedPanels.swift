/// All panels of a convolution's right operand, packed once and kept.
final class PrepackedPanels: @unchecked Sendable {
    private let panels: AlignedBuffer
    private let scales: AlignedBuffer?
    private let initial: AlignedBuffer?
    let columns: Columns?

    /// Scale of each column and what its sums begin with, in formats that have scales.
    struct Columns {
        let scales: UnsafePointer<Float>
        let initial: UnsafePointer<Int32>
    }

    /// - Parameters:
    ///   - words: of all panels.
    ///   - scaledColumns: that the panels have, padding included, in formats that have scales.
    init(words: Int, scaledColumns: Int? = nil) throws(OutOfMemory) {
        panels = try AlignedBuffer(words: words)
        if let scaledColumns {
            scales = try AlignedBuffer(words: scaledColumns)
            initial = try AlignedBuffer(words: scaledColumns)
            columns = Columns(scales: scales!.floats, initial: initial!.words.assumingMemoryBound(to: Int32.self))
        } else {
            scales = nil
            initial = nil
            columns = nil
        }
    }

    var words: UnsafeRawPointer { UnsafeRawPointer(panels.words) }
    var floats: UnsafeMutablePointer<Float> { panels.floats }
    var writableWords: UnsafeMutableRawPointer { panels.words }
    var writableScales: UnsafeMutablePointer<Float>? { scales?.floats }
    var writableInitial: UnsafeMutablePointer<Int32>? { initial.map { $0.words.assumingMemoryBound(to: Int32.self) } }
}
