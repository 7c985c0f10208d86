/// All panels of a convolution's right operand, packed once and kept.
final class PrepackedPanels: @unchecked Sendable {
    private let panels: AlignedBuffer
    private let scales: AlignedBuffer?
    private let initial: AlignedBuffer?
    let columns: Columns?

    /// The scale of each column and its initial sum, in formats that have scales.
    struct Columns {
        let scales: UnsafePointer<Float>
        let initial: UnsafePointer<Int32>
    }

    /// Allocates the panels.
    ///
    /// - Parameters:
    ///   - words: the words of all panels.
    ///   - scaledColumns: the number of columns in the panels, padding included, in formats that have scales.
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
