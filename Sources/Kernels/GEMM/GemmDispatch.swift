/// The kernels of a format, with a table of its microkernels.
///
/// Threads call them thousands of times per image. A retain or release there makes all threads contend for one
/// cache line. Hence one class, retained once, with an unmanaged table.
final class GemmDispatch: @unchecked Sendable {
    let kernels: any GemmKernels.Type
    let shape: MicrokernelShape
    /// `[rows - minimumRows][vectors - 1]`.
    private let table: UnsafeMutableBufferPointer<Microkernel>

    init(_ kernels: any GemmKernels.Type) {
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

    /// Returns the microkernel of a tile's shape.
    ///
    /// - Parameter height: the tile's rows, within the heights of the table.
    func microkernel(height: Int, vectors: Int) -> Microkernel {
        table[(height - shape.minimumRows) * 2 + vectors - 1]
    }
}
