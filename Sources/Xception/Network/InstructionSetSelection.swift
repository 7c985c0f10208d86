import CSIMD
import Kernels

#if arch(x86_64)
import KernelsAVX2
import KernelsAVX512
#endif

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

extension KernelSet {
    /// The kernels of the best instruction set that this processor has, or of the lower one
    /// that `XCEPTION_ISA` (portable, avx2 or avx512) asks for.
    public static let best: KernelSet = {
        let limit = getenv("XCEPTION_ISA").flatMap { InstructionSet(rawValue: String(cString: $0)) } ?? .avx512
        #if arch(x86_64)
        if limit == .avx512 && csimd_supports_avx512() { return .avx512 }
        if limit != .portable && csimd_supports_avx2() { return .avx2 }
        #endif
        return .portable
    }()
}
