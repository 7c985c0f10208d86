import CSIMD
import Kernels
import Platform

#if arch(x86_64)
import KernelsAVX2
import KernelsAVX512
import KernelsAVX512BF16
import KernelsAVX512VNNI
import KernelsAVXVNNI
#elseif arch(arm64)
import KernelsDotProduct
#endif

extension InstructionSet {
    /// The highest instruction set to use, named by the environment variable `XCEPTION_ISA`; nil if it is not set or
    /// empty.
    package static var request: String? {
        getenv("XCEPTION_ISA").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension ProcessorKernels {
    /// The kernels of the processor's best instruction set, or of the lower one in ``InstructionSet/request``.
    package static let best: ProcessorKernels = {
        let limit = InstructionSet.request.flatMap(InstructionSet.init) ?? .avx512
        #if arch(x86_64)
        if limit == .avx512 && csimd_supports_avx512() {
            return ProcessorKernels(
                AVX512Kernels.self, bf16: csimd_supports_avx512bf16() ? AVX512BF16Kernels.self : nil,
                int8: csimd_supports_avx512vnni() ? AVX512VNNIKernels.self : AVX512Int8Kernels.self,
                rows: csimd_supports_avx512vnni() ? AVX512VNNIRowKernels.self : AVX512RowKernels.self)
        }
        if limit != .portable && csimd_supports_avx2() {
            return ProcessorKernels(
                AVX2Kernels.self, int8: csimd_supports_avxvnni() ? AVXVNNIKernels.self : AVX2Int8Kernels.self,
                rows: csimd_supports_avxvnni() ? AVXVNNIRowKernels.self : AVX2RowKernels.self)
        }
        #elseif arch(arm64)
        if limit != .portable && csimd_supports_dotprod() {
            return ProcessorKernels(PortableKernels.self, int8: DotProductKernels.self, rows: DotProductRowKernels.self)
        }
        #endif
        return ProcessorKernels(PortableKernels.self, int8: PortableInt8Kernels.self)
    }()

    /// The fastest precision whose documented accuracy holds on this processor: int8 if weights have 8 bits and an
    /// instruction of their own, else bf16 if that is fast, else fp32.
    ///
    /// - Parameter precisions: the precisions in which the network is accurate.
    package func fastestAccurate(among precisions: Set<Precision>) -> Precision {
        if precisions.contains(.int8), let int8, int8.hasFullRange, int8.isAccelerated { return .int8 }
        return precisions.contains(.bf16) && isFast(.bf16) ? .bf16 : .fp32
    }

    /// True if the processor multiplies in that precision faster than in fp32. Some processors run bf16 instructions at
    /// the rate of fp32, so this is measured, in less than a millisecond.
    package func isFast(_ precision: Precision) -> Bool {
        switch precision {
        case .fp32, .int8: return true
        case .bf16:
            guard let bf16 else { return false }
            // The best of many short runs in turn, so that neither interruptions nor the clock's changes count.
            var (best, bestFloats) = (0.0, 0.0)
            for _ in 0..<50 {
                best = max(best, bf16.peakRate())
                bestFloats = max(bestFloats, operators.peakRate())
            }
            return best > 1.5 * bestFloats
        }
    }
}

extension GemmKernels {
    /// Multiply-adds in registers, in arbitrary units.
    fileprivate static func peakRate() -> Double {
        let duration = ContinuousClock().measure { keep(multiplyAddLoop(steps: 1000)) }
        let microseconds = duration / Duration.microseconds(1)
        return Double(lanes * valuesPerWord) / microseconds
    }
}
