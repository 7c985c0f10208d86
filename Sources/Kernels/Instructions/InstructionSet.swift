/// The instruction sets that have kernels of their own, slowest first.
public enum InstructionSet: String, Sendable, CaseIterable {
    /// The instructions of every processor of the architecture: SSE2 on x86-64, NEON on arm64.
    case portable
    /// AVX2, FMA and F16C (x86-64-v3).
    case avx2
    /// AVX-512 F, BW, CD, DQ and VL (x86-64-v4).
    case avx512
}
