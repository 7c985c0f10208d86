/// The kernels of a format, with a table of its microkernels.
///
/// Threads call them thousands of times an image. Whatever is counted by references there costs every
/// thread a wait for a counter that the others write too: hence a class, and memory of its own.
final class FormatKernels: @unchecked Sendable {
    let kernels: any ProductKernels.Type
    let shape: MicrokernelShape
    /// `[rows - minimumRows][vectors - 1]`.
    private let table: UnsafeMutableBufferPointer<Microkernel>

    init(_ kernels: any ProductKernels.Type) {
        self.kernels = kernels
        shape = kernels.shape
        let microkernels = kernels.microkernels.flatMap(\.self)
        table = .allocate(capacity: microkernels.count)
        _ = table.initialize(fromContentsOf: microkernels)
    }

    deinit {
        table.deinitialize()
        table.deallocate()
    }

    /// - Parameter height: of the tile in rows, from the shortest microkernel's to the tallest's.
    func microkernel(height: Int, vectors: Int) -> Microkernel {
        table[(height - shape.minimumRows) * 2 + vectors - 1]
    }
}
