#ifndef CSIMD_H
#define CSIMD_H

// What Swift has no operator for: asking the processor what it can do, and the vector
// instructions that the SIMD types lack or spell element by element. Everything is
// `always_inline`, so that each function takes the instruction set of the Swift target
// that uses it.

#include <stdbool.h>

#define CSIMD_INLINE static inline __attribute__((always_inline))

// MARK: - The processor

#if defined(__x86_64__)
/// AVX2, FMA and F16C, and an operating system that saves their registers.
CSIMD_INLINE bool csimd_supports_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

/// The x86-64-v4 set (AVX-512 F, BW, CD, DQ, VL), and an operating system that saves its registers.
CSIMD_INLINE bool csimd_supports_avx512(void) {
    return csimd_supports_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl");
}
#endif

/// Tells the core that it is in a spin loop.
CSIMD_INLINE void csimd_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// Asks for the cache line at `address` in the second-level cache.
CSIMD_INLINE void csimd_prefetch(const void *address) {
    __builtin_prefetch(address, 0, 2);
}

/// The same in a loop that keeps its sums in registers: there the compiler would spill them
/// all around `__builtin_prefetch`.
CSIMD_INLINE void csimd_prefetch_among_sums(const void *address) {
#if defined(__x86_64__)
    __asm__ volatile("prefetcht1 (%0)" ::"r"(address));
#elif defined(__aarch64__)
    __asm__ volatile("prfm pldl2keep, [%0]" ::"r"(address));
#endif
}

// MARK: - Vectors

#if defined(__F16C__) || defined(__aarch64__)
/// Binary16 bits to binary32: the processor converts.
#define CSIMD_WIDEN(N)                                                                            \
    typedef _Float16 csimd_f16x##N __attribute__((ext_vector_type(N)));                           \
    CSIMD_INLINE csimd_f32x##N csimd_widen_f16x##N(const void *bits) {                            \
        csimd_f16x##N half;                                                                       \
        __builtin_memcpy(&half, bits, sizeof half);                                               \
        return __builtin_convertvector(half, csimd_f32x##N);                                      \
    }
#else
/// Binary16 bits to binary32 for finite values: exponent and fraction shifted into place
/// read 2^-112 times too small, subnormals included, which one exact product mends.
#define CSIMD_WIDEN(N)                                                                            \
    typedef unsigned short csimd_u16x##N __attribute__((ext_vector_type(N)));                     \
    typedef unsigned int csimd_u32x##N __attribute__((ext_vector_type(N)));                       \
    CSIMD_INLINE csimd_f32x##N csimd_widen_f16x##N(const void *bits) {                            \
        csimd_u16x##N half;                                                                       \
        __builtin_memcpy(&half, bits, sizeof half);                                               \
        csimd_u32x##N wide = __builtin_convertvector(half, csimd_u32x##N);                        \
        csimd_u32x##N magnitude = (wide & 0x7fff) << 13, sign = (wide & 0x8000) << 16;            \
        csimd_f32x##N value = __builtin_bit_cast(csimd_f32x##N, magnitude) * 0x1p112f;            \
        return __builtin_bit_cast(csimd_f32x##N, __builtin_bit_cast(csimd_u32x##N, value) | sign); \
    }
#endif

#define CSIMD_VECTOR(N)                                                                           \
    typedef float csimd_f32x##N __attribute__((ext_vector_type(N)));                              \
    CSIMD_INLINE csimd_f32x##N csimd_maximum_f32x##N(csimd_f32x##N a, csimd_f32x##N b) {          \
        return a > b ? a : b;                                                                     \
    }                                                                                             \
    CSIMD_WIDEN(N)

CSIMD_VECTOR(4)
CSIMD_VECTOR(8)
CSIMD_VECTOR(16)

#endif
