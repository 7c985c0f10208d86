import CSIMD
import Kernels
import TestSupport

#if arch(x86_64)
import KernelsAVX2
import KernelsAVX512
#endif

/// The instruction sets of this processor.
let availableKernels: [any OperatorKernels.Type] = {
    var sets: [any OperatorKernels.Type] = [PortableKernels.self]
    #if arch(x86_64)
    if csimd_supports_avx2() { sets.append(AVX2Kernels.self) }
    if csimd_supports_avx512() { sets.append(AVX512Kernels.self) }
    #endif
    return sets
}()

let availableInstructionSets = availableKernels.map { $0.instructionSet }

func kernels(_ set: InstructionSet) -> any OperatorKernels.Type { availableKernels.first { $0.instructionSet == set }! }

/// Numbers that are the same in every run.
struct Noise {
    private var generator: SplitMix64

    init(seed: Int) { generator = SplitMix64(seed: UInt64(seed)) }

    /// In [-1, 1).
    mutating func next() -> Float { generator.nextFloat() }

    mutating func values(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }
}

/// An image `[height x width x channels]` in memory that kernels may read a vector beyond.
final class Image {
    let map: FeatureMap
    private let buffer: AlignedBuffer

    /// Of 32-bit floats.
    convenience init(_ height: Int, _ width: Int, _ channels: Int, _ values: [Float]? = nil) {
        self.init(.float32, height, width, channels, values)
    }

    init(_ elementType: ElementType, _ height: Int, _ width: Int, _ channels: Int, _ values: [Float]? = nil) {
        buffer = try! AlignedBuffer(words: FeatureMap.words(elementType, height: height, width: width, channels: channels))
        map = FeatureMap(buffer, elementType, height: height, width: width, channels: channels)
        // Memory between pixels and after the image must not matter: NaN in both types.
        buffer.words.initializeMemory(as: UInt8.self, repeating: 0xff, count: buffer.capacity * 4)
        for (index, value) in (values ?? []).enumerated() {
            let place = map.address(pixel: index / channels, channel: index % channels)
            switch elementType {
            case .float16: place.storeBytes(of: Float16(value), as: Float16.self)
            case .float32: place.storeBytes(of: value, as: Float.self)
            }
        }
    }

    /// Noise.
    convenience init(_ elementType: ElementType, _ height: Int, _ width: Int, _ channels: Int, _ noise: inout Noise) {
        self.init(elementType, height, width, channels, noise.values(height * width * channels))
    }

    private func value(pixel: Int, channel: Int) -> Float {
        let place = map.address(pixel: pixel, channel: channel)
        return switch map.elementType {
        case .float16: Float(place.load(as: Float16.self))
        case .float32: place.load(as: Float.self)
        }
    }

    /// `[height x width x channels]`.
    var values: [Float] {
        (0..<map.pixels).flatMap { pixel in (0..<map.channels).map { value(pixel: pixel, channel: $0) } }
    }

    /// Zero outside.
    subscript(y: Int, x: Int, channel: Int) -> Double {
        guard y >= 0, y < map.height, x >= 0, x < map.width else { return 0 }
        return Double(value(pixel: y * map.width + x, channel: channel))
    }

    /// The most that storing a value of that size may change it.
    func rounding(of value: Double) -> Double { map.elementType == .float16 ? abs(value) / 1024 + 1e-7 : 0 }
}

/// A matrix as a model file stores it, and the values of its elements.
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
        matrix = WeightMatrix(base: memory, elementType: isHalf ? .float16 : .float32, rows: rows, columns: columns)
    }

    deinit { memory.deallocate() }

    subscript(row: Int, column: Int) -> Double { Double(values[row * matrix.columns + column]) }
}

extension ConvolutionWeights {
    convenience init(
        _ matrix: Matrix, kernelSize: Int = 1, bias: [Float], depthwise: [Float]? = nil, depthwiseBias: [Float]? = nil,
        prepacking: PrepackingPolicy = .never
    ) {
        self.init(
            name: "layer", kernel: matrix.matrix, owner: matrix, kernelSize: kernelSize, bias: try! PaddedFloats(bias),
            depthwise: depthwise.map { try! PaddedFloats($0) }, depthwiseBias: depthwiseBias.map { try! PaddedFloats($0) },
            prepacking: prepacking)
    }
}
