import CSIMD
import Kernels
import Platform

#if arch(x86_64)
import KernelsAVX2
import KernelsAVX512
#endif

extension InstructionSet {
    /// What the environment variable `XCEPTION_ISA` names as the highest set to be used; nil where it is
    /// not set, or empty.
    package static var request: String? {
        getenv("XCEPTION_ISA").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension ProcessorKernels {
    /// The kernels of the best instruction set that this processor has, or of the lower one
    /// that ``InstructionSet/request`` asks for.
    package static let best: ProcessorKernels = {
        let limit = InstructionSet.request.flatMap(InstructionSet.init) ?? .avx512
        #if arch(x86_64)
        if limit == .avx512 && csimd_supports_avx512() { return ProcessorKernels(AVX512Kernels()) }
        if limit != .portable && csimd_supports_avx2() { return ProcessorKernels(AVX2Kernels()) }
        #endif
        return ProcessorKernels(PortableKernels())
    }()
}
