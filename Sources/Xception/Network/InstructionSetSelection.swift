import CSIMD
import Kernels

#if arch(x86_64)
import KernelsAVX2
import KernelsAVX512
#endif

import Platform

extension InstructionSet {
    /// What the environment variable `XCEPTION_ISA` names as the highest set to be used.
    public static var request: String? { getenv("XCEPTION_ISA").map { String(cString: $0) } }
}

extension KernelSet {
    /// The kernels of the best instruction set that this processor has, or of the lower one
    /// that ``InstructionSet/request`` asks for.
    public static let best: KernelSet = {
        let limit = InstructionSet.request.flatMap(InstructionSet.init) ?? .avx512
        #if arch(x86_64)
        if limit == .avx512 && csimd_supports_avx512() { return .avx512 }
        if limit != .portable && csimd_supports_avx2() { return .avx2 }
        #endif
        return .portable
    }()
}
