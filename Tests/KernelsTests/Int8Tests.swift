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

/// The kernels of bytes that this processor runs, each with the largest weight and the zero point of activations.
let int8Kernels: [(kernels: any GemmKernels.Type, limit: Float, offset: Int32)] = {
    var kernels: [(any GemmKernels.Type, Float, Int32)] = [(PortableInt8Kernels.self, 127, 128)]
    #if arch(x86_64)
    if csimd_supports_avx2() { kernels.append((AVX2Int8Kernels.self, 63, 128)) }
    if csimd_supports_avxvnni() { kernels.append((AVXVNNIKernels.self, 127, 128)) }
    if csimd_supports_avx512() { kernels.append((AVX512Int8Kernels.self, 63, 128)) }
    if csimd_supports_avx512vnni() { kernels.append((AVX512VNNIKernels.self, 127, 128)) }
    #elseif arch(arm64)
    if csimd_supports_dotprod() { kernels.append((DotProductKernels.self, 127, 0)) }
    #endif
    return kernels
}()

/// Quantization by its formulas, in plain Swift: one symmetric scale per pixel and per column.
private enum Quantized {
    /// offset + round(x * 127 / m), ties to even, and m / 127.
    static func row(_ values: [Float], offset: Int32) -> (bytes: [Int32], scale: Float) {
        let magnitude = max(values.map(abs).max()!, 1e-12)
        let inverse = 127 / magnitude
        return (values.map { offset + Int32(($0 * inverse).rounded(.toNearestOrEven)) }, magnitude / 127)
    }

    static func column(_ values: [Float], limit: Float) -> (bytes: [Int32], scale: Float) {
        let magnitude = values.map(abs).max()!
        let inverse = magnitude > 0 ? limit / magnitude : 0
        return (values.map { Int32(($0 * inverse).rounded(.toNearestOrEven)) }, magnitude / limit)
    }
}

@Suite struct Int8Tests {
    @Test(
        "Bytes, scales and 32-bit sums are exactly those of the formulas", arguments: int8Kernels.indices,
        [(1, 1), (3, 5), (16, 32), (64, 33), (100, 40), (256, 64), (301, 70), (728, 48)])
    func integers(index: Int, shape: (channels: Int, columns: Int)) throws {
        let (kernels, limit, offset) = int8Kernels[index]
        let lanes = kernels.lanes
        var noise = Noise(seed: shape.channels)
        let rows = kernels.shape.maximumRows
        var pixels = (0..<rows).map { _ in noise.values(shape.channels) }
        // An outlier, zeros, ties.
        pixels[0][shape.channels / 2] = 700
        pixels[1] = [Float](repeating: 0, count: shape.channels)
        pixels[2] = pixels[2].indices.map { $0 == 0 ? 127 : Float($0 % 7) + 0.5 }
        var values = noise.values(shape.channels * shape.columns)
        for row in 0..<shape.channels { values[row * shape.columns] = 0 }
        let matrix = Matrix(rows: shape.channels, columns: shape.columns, isHalf: true, values)
        let layout = WordLayout(channels: shape.channels, lanes: lanes, valuesPerWord: kernels.valuesPerWord)

        // Pixels, followed by values that must not matter.
        let pixelStride = (shape.channels + lanes - 1) / lanes * lanes
        let input = try AlignedBuffer(words: rows * pixelStride + maximumLanes)
        input.floats.update(repeating: .nan, count: rows * pixelStride + maximumLanes)
        for (row, pixel) in pixels.enumerated() { (input.floats + row * pixelStride).update(from: pixel, count: pixel.count) }
        let left = try AlignedBuffer(words: layout.blocks * rows * lanes)
        let scales = try AlignedBuffer(words: rows)
        let packing = (0..<rows).map { PackedRow(offset: $0 * lanes, step: rows * lanes) }
        packing.withUnsafeBufferPointer {
            kernels.packRows(RowPacking(
                input.words, .float32, pixelStride: pixelStride * 4, vectorStride: lanes * 4, layout: layout, count: rows,
                rows: $0.baseAddress!, into: left.words, scales: scales.floats))
        }

        let expected = pixels.map { Quantized.row($0, offset: offset) }
        for (row, pixel) in expected.enumerated() { #expect(scales.floats[row] == pixel.scale) }

        let right = try AlignedBuffer(words: layout.words * 2 * lanes)
        let columnScales = try AlignedBuffer(words: 2 * lanes)
        let initial = try AlignedBuffer(words: 2 * lanes)
        let initialSums = initial.words.assumingMemoryBound(to: Int32.self)
        for first in stride(from: 0, to: shape.columns, by: 2 * lanes) {
            let count = min(2 * lanes, shape.columns - first)
            let vectors = count > lanes ? 2 : 1
            kernels.packPanel(PanelPacking(
                matrix.matrix, column: first, vectors: vectors, into: right.words, scales: columnScales.floats,
                initial: initialSums))
            let sums = try AlignedBuffer(words: rows * vectors * lanes)
            kernels.microkernels[rows - kernels.shape.minimumRows][vectors - 1].multiply(
                depth: layout.words, left: left.words, right: right.words,
                sums: TileSums(
                    initial: initialSums, initialStride: 0, output: sums.words, outputStride: vectors * lanes * 4),
                prefetch: TilePrefetch(none: right.words))
            let results = sums.words.assumingMemoryBound(to: Int32.self)
            for column in 0..<count {
                let weights = Quantized.column(
                    (0..<shape.channels).map { Float(matrix[$0, first + column]) }, limit: limit)
                #expect(columnScales.floats[column] == weights.scale)
                #expect(initialSums[column] == -offset * weights.bytes.reduce(0, +))
                for row in 0..<rows {
                    let sum = zip(expected[row].bytes, weights.bytes).reduce(initialSums[column]) { (sum: Int32, pair) in sum + pair.0 * pair.1 }
                    #expect(results[row * vectors * lanes + column] == sum)
                }
            }
        }
    }
}
