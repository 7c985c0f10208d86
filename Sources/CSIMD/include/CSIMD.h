#ifndef CSIMD_H
#define CSIMD_H

// What Swift has no operator for: asking the processor what it can do.

#include <stdbool.h>

#if defined(__x86_64__)
/// AVX2, FMA and F16C, and an operating system that saves their registers.
static inline bool csimd_supports_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

/// The x86-64-v4 set (AVX-512 F, BW, CD, DQ, VL), and an operating system that saves its registers.
static inline bool csimd_supports_avx512(void) {
    return csimd_supports_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl");
}
#endif

#endif
