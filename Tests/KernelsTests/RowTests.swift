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

    @Test("Pairs are found by their bound and by their hashes, mirrored or not", arguments: rowKernels.indices)
    func pairs(index: Int) {
        let products: [Int32] = [0, 10, 9, 9, -100, 0]
        let addends: [Float] = [0, 0, 0, 1, 0, -1]
        let factors: [Float] = [0, 0, 0.25, 0, 0, 5.5]
        let hashes: [UInt64] = [0xFFFF_0000, 0xFFFF_0000, 0xFFFF_0000, 0xFFFF_0000, 0b111, ~0b111]
        func found(_ limit: Float, _ hashDistance: Int) -> [Int32] {
            var output = [Int32](repeating: -1, count: products.count)
            let count = rowKernels[index].pairs(
                PairFilter(
                    products: products, addends: addends, factor: 2, factors: factors, limit: limit, hashes: hashes, hash: 0,
                    mirroredHash: .max, hashDistance: hashDistance, count: products.count),
                into: &output)
            return Array(output.prefix(count))
        }
        #expect(found(10, 2) == [1, 3, 5])
        #expect(found(10, 3) == [1, 3, 4, 5])
        #expect(found(9.5, 2) == [1, 2, 3, 5])
        #expect(found(11, 2) == [])
        #expect(found(11, 3) == [4, 5])
    }
}
