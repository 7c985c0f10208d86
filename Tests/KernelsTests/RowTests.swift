import CSIMD
import Kernels
import Testing

#if arch(x86_64)
import KernelsAVX2
import KernelsAVX512
import KernelsAVX512VNNI
import KernelsAVXVNNI
#elseif arch(arm64)
import KernelsDotProduct
#endif

/// The kernels of rows that this processor runs.
private let rowKernels: [any RowKernels.Type] = {
    var kernels: [any RowKernels.Type] = [PortableRowKernels.self]
    #if arch(x86_64)
    if csimd_supports_avx2() { kernels.append(AVX2RowKernels.self) }
    if csimd_supports_avxvnni() { kernels.append(AVXVNNIRowKernels.self) }
    if csimd_supports_avx512() { kernels.append(AVX512RowKernels.self) }
    if csimd_supports_avx512vnni() { kernels.append(AVX512VNNIRowKernels.self) }
    #elseif arch(arm64)
    if csimd_supports_dotprod() { kernels.append(DotProductRowKernels.self) }
    #endif
    return kernels
}()

@Suite struct RowTests {
    @Test(
        "Products of rows are those of plain integers, at the ends of their ranges and at a tile's edges",
        arguments: rowKernels.indices, [(1, 1, 64), (2, 5, 128), (3, 4, 192), (7, 9, 2048), (10, 3, 1024)])
    func dots(index: Int, shape: (rows: Int, others: Int, length: Int)) {
        let kernels = rowKernels[index]
        var state: UInt64 = 7
        func next() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        var rows = (0..<shape.rows * shape.length).map { _ in next() }
        var others = (0..<shape.others * shape.length).map { _ in Int8(bitPattern: next()) }
        // What overflows or saturates first.
        for i in 0..<shape.length { (rows[i], others[i]) = (255, shape.rows % 2 == 0 ? -128 : 127) }
        func plain(_ row: Int, _ other: Int) -> Int32 {
            (0..<shape.length).reduce(0) { $0 + Int32(rows[row * shape.length + $1]) * Int32(others[other * shape.length + $1]) }
        }
        let sums = (0..<shape.others).map { other in
            (0..<shape.length).reduce(Int32(0)) { $0 + Int32(others[other * shape.length + $1]) }
        }
        var output = [Int32](repeating: -1, count: shape.rows * shape.others + 1)
        kernels.dots(
            rows: rows, rowCount: shape.rows, others: others, otherSums: sums, otherCount: shape.others, length: shape.length,
            into: &output)
        for row in 0..<shape.rows {
            for other in 0..<shape.others {
                #expect(output[row * shape.others + other] == plain(row, other))
            }
        }
        #expect(output.last == -1, "nothing is written past the end")
        #expect(kernels.dot(rows, others, otherSum: sums[0], length: shape.length) == plain(0, 0))
    }

    @Test("The distance of two hashes is the number of bits that differ", arguments: rowKernels.indices)
    func distances(index: Int) {
        let hashes: [UInt64] = [0, .max, 0xF0, 1 << 63, 0x0123_4567_89AB_CDEF]
        var output = [UInt8](repeating: 0, count: hashes.count)
        rowKernels[index].hashDistances(hashes, count: hashes.count, from: 0, or: .max, into: &output)
        #expect(output == [0, 0, 4, 1, 32])
    }
}
