import Kernels
import Xception

#if arch(x86_64)
import KernelsAVX2
import KernelsAVX512
#endif

/// The instruction sets of this processor.
let availableKernels: [KernelSet] = {
    var sets = [KernelSet.portable]
    #if arch(x86_64)
    if KernelSet.best.instructionSet != .portable { sets.append(.avx2) }
    if KernelSet.best.instructionSet == .avx512 { sets.append(.avx512) }
    #endif
    return sets
}()

/// Numbers that are the same in every run.
struct Noise {
    private var state: UInt64

    init(seed: Int) { state = UInt64(seed) &* 2 + 1 }

    /// In [-1, 1).
    mutating func next() -> Float {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(state >> 40) / Float(1 << 23) - 1
    }

    mutating func values(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }
}

/// An image `[height x width x channels]` in memory that kernels may read a vector beyond.
final class Image {
    let map: FeatureMap
    private let memory = ScratchMemory()

    init(_ height: Int, _ width: Int, _ channels: Int, _ values: [Float]? = nil) {
        let count = FeatureMap.count(height: height, width: width, channels: channels)
        memory.reserve(count + KernelSet.maximumLanes)
        map = FeatureMap(base: memory.base, height: height, width: width, channels: channels)
        // What stands between pixels and behind the image must not matter.
        map.base.update(repeating: .nan, count: count + KernelSet.maximumLanes)
        if let values { for (place, value) in zip(places, values) { map.base[place] = value } }
    }

    private var places: [Int] {
        (0..<map.pixels).flatMap { pixel in (0..<map.channels).map { pixel * map.pixelStride + $0 } }
    }

    /// `[height x width x channels]`.
    var values: [Float] { places.map { map.base[$0] } }

    /// Zero outside.
    subscript(y: Int, x: Int, channel: Int) -> Double {
        guard y >= 0, y < map.height, x >= 0, x < map.width else { return 0 }
        return Double(map.base[(y * map.width + x) * map.pixelStride + channel])
    }
}

/// Numbers in memory that kernels may read a vector beyond.
final class Numbers {
    let base: UnsafeMutablePointer<Float>
    private let memory = ScratchMemory()

    init(_ values: [Float]) {
        memory.reserve(values.count + KernelSet.maximumLanes)
        base = memory.base
        base.update(repeating: 1e6, count: values.count + KernelSet.maximumLanes)
        for (index, value) in values.enumerated() { base[index] = value }
    }
}

/// A matrix as a model file holds it, and as what its elements are worth.
final class Matrix {
    let matrix: WeightMatrix
    let values: [Float]
    private let memory: UnsafeMutableRawPointer

    init(rows: Int, columns: Int, isHalf: Bool, _ values: [Float]) {
        memory = .allocate(byteCount: values.count * 4 + 64, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0x3C, count: values.count * 4 + 64)
        for (index, value) in values.enumerated() {
            if isHalf {
                memory.storeBytes(of: Float16(value), toByteOffset: index * 2, as: Float16.self)
            } else {
                memory.storeBytes(of: value, toByteOffset: index * 4, as: Float.self)
            }
        }
        self.values = isHalf ? values.map { Float(Float16($0)) } : values
        matrix = WeightMatrix(base: memory, isHalf: isHalf, rows: rows, columns: columns)
    }

    deinit { memory.deallocate() }

    subscript(row: Int, column: Int) -> Double { Double(values[row * matrix.columns + column]) }
}
