#ifndef CSIMD_H
#define CSIMD_H

// Operations without a Swift operator: detection of the processor's features, and the vector
// instructions that the SIMD types lack or expand element by element. Everything is
// `always_inline`, so that each function takes the instruction set of the Swift target
// that uses it.

#include <stdbool.h>
#if defined(__AVX2__)
#include <immintrin.h>
#elif defined(__x86_64__)
#include <emmintrin.h>
#endif
#if defined(__aarch64__)
#include <arm_neon.h>
#if defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif
#endif

#define CSIMD_INLINE static inline __attribute__((always_inline))

// MARK: - The processor

#if defined(__x86_64__)
/// CPUID leaf 7, subleaf 1, of which `__builtin_cpu_supports` does not know all bits everywhere.
CSIMD_INLINE unsigned csimd_cpuid_7_1_eax(void) {
    unsigned eax = 0, ebx, ecx = 0, edx;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    if (eax < 7) return 0;
    eax = 7;
    ecx = 1;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    return eax;
}

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

/// The dot products of bytes of AVX-512 and of AVX2 processors, and of pairs of bfloat16.
CSIMD_INLINE bool csimd_supports_avx512vnni(void) {
    return csimd_supports_avx512() && __builtin_cpu_supports("avx512vnni");
}
CSIMD_INLINE bool csimd_supports_avxvnni(void) { return csimd_supports_avx2() && csimd_cpuid_7_1_eax() >> 4 & 1; }
CSIMD_INLINE bool csimd_supports_avx512bf16(void) {
    return csimd_supports_avx512() && __builtin_cpu_supports("avx512bf16");
}
#elif defined(__aarch64__)
/// The dot products of bytes of Armv8.2; all of Apple's processors for the Mac have them.
CSIMD_INLINE bool csimd_supports_dotprod(void) {
#if defined(__linux__)
    return getauxval(AT_HWCAP) & HWCAP_ASIMDDP;
#else
    return true;
#endif
}
#endif

/// Hints to the core that it is in a spin loop.
CSIMD_INLINE void csimd_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// Prefetches the cache line at `address` into the second-level cache.
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

// Vectors are arguments of functions that are always inlined: no calling convention is involved.
#pragma clang diagnostic ignored "-Wpsabi"

#define CSIMD_TYPES(N)                                                                            \
    typedef float csimd_f32x##N __attribute__((ext_vector_type(N)));                              \
    typedef int csimd_i32x##N __attribute__((ext_vector_type(N)));                                \
    typedef unsigned int csimd_u32x##N __attribute__((ext_vector_type(N)));

#define CSIMD_ARITHMETIC(N)                                                                       \
    CSIMD_INLINE csimd_f32x##N csimd_multiply_add_f32x##N(                                        \
        csimd_f32x##N a, csimd_f32x##N b, csimd_f32x##N addend) {                                 \
        return __builtin_elementwise_fma(a, b, addend);                                           \
    }                                                                                             \
    /* The larger magnitude of two. Bit patterns without their signs are in the order of values, */ \
    /* NaN the largest. */                                                                        \
    CSIMD_INLINE csimd_i32x##N csimd_magnitude_bits_f32x##N(csimd_f32x##N a) {                    \
        return __builtin_bit_cast(csimd_i32x##N, a) & 0x7fffffff;                                 \
    }                                                                                             \
    CSIMD_INLINE csimd_f32x##N csimd_maximum_magnitude_f32x##N(csimd_f32x##N a, csimd_f32x##N b) { \
        return __builtin_bit_cast(csimd_f32x##N, __builtin_elementwise_max(                       \
            csimd_magnitude_bits_f32x##N(a), csimd_magnitude_bits_f32x##N(b)));                   \
    }                                                                                             \
    CSIMD_INLINE float csimd_largest_magnitude_f32x##N(csimd_f32x##N a) {                         \
        return __builtin_bit_cast(float, __builtin_reduce_max(csimd_magnitude_bits_f32x##N(a)));  \
    }                                                                                             \
    /* `a` in the lanes whose sign bit is set in the mask, else `b`. */                            \
    CSIMD_INLINE csimd_f32x##N csimd_select_f32x##N(                                              \
        csimd_i32x##N mask, csimd_f32x##N a, csimd_f32x##N b) {                                   \
        return mask ? a : b;                                                                      \
    }                                                                                             \
    CSIMD_INLINE csimd_f32x##N csimd_convert_i32x##N(csimd_i32x##N integers) {                    \
        return __builtin_convertvector(integers, csimd_f32x##N);                                  \
    }

// One instruction each: `b` if either is NaN. It is asked for by name where possible, because the optimizer takes
// `a > b ? a : b` of two converted binary16 values for a choice between the unconverted ones, six instructions instead.
#define CSIMD_ORDER(N, MAXIMUM, MINIMUM)                                                          \
    CSIMD_INLINE csimd_f32x##N csimd_maximum_f32x##N(csimd_f32x##N a, csimd_f32x##N b) {          \
        return (csimd_f32x##N)(MAXIMUM);                                                          \
    }                                                                                             \
    CSIMD_INLINE csimd_f32x##N csimd_minimum_f32x##N(csimd_f32x##N a, csimd_f32x##N b) {          \
        return (csimd_f32x##N)(MINIMUM);                                                          \
    }

// Rounds twice, after the product and after the sum, with and without fused multiply-add.
#define CSIMD_PACKING(N)                                                                          \
    CSIMD_INLINE csimd_u32x##N csimd_low_byte_f32x##N(                                            \
        csimd_f32x##N value, csimd_f32x##N factor, csimd_f32x##N offset) {                        \
        _Pragma("clang fp contract(off)") csimd_f32x##N product = value * factor;                 \
        return __builtin_bit_cast(csimd_u32x##N, product + offset);                               \
    }                                                                                             \
    CSIMD_INLINE csimd_i32x##N csimd_low_bytes_f32x##N(                                           \
        csimd_f32x##N a, csimd_f32x##N b, csimd_f32x##N c, csimd_f32x##N d, csimd_f32x##N factor, \
        csimd_f32x##N offset) {                                                                   \
        csimd_u32x##N word = (csimd_low_byte_f32x##N(a, factor, offset) & 0xff)                   \
            | (csimd_low_byte_f32x##N(b, factor, offset) & 0xff) << 8                             \
            | (csimd_low_byte_f32x##N(c, factor, offset) & 0xff) << 16                            \
            | csimd_low_byte_f32x##N(d, factor, offset) << 24;                                    \
        return __builtin_bit_cast(csimd_i32x##N, word);                                           \
    }                                                                                             \
    CSIMD_INLINE csimd_i32x##N csimd_signed_byte_sums_i32x##N(csimd_i32x##N words) {              \
        return (words << 24 >> 24) + (words << 16 >> 24) + (words << 8 >> 24) + (words >> 24);    \
    }                                                                                             \
    /* The upper half of a binary32's bits, rounded to nearest, ties to even. */                  \
    CSIMD_INLINE csimd_u32x##N csimd_round_bf16_f32x##N(csimd_f32x##N value) {                    \
        csimd_u32x##N bits = __builtin_bit_cast(csimd_u32x##N, value);                            \
        return bits + 0x7fff + (bits >> 16 & 1);                                                  \
    }                                                                                             \
    CSIMD_INLINE csimd_i32x##N csimd_bf16_pairs_f32x##N(csimd_f32x##N low, csimd_f32x##N high) {  \
        csimd_u32x##N word = csimd_round_bf16_f32x##N(low) >> 16                                  \
            | (csimd_round_bf16_f32x##N(high) & 0xffff0000);                                      \
        return __builtin_bit_cast(csimd_i32x##N, word);                                           \
    }

#if defined(__F16C__) || defined(__aarch64__)
// The processor converts.
#define CSIMD_FLOAT16(N)                                                                          \
    typedef _Float16 csimd_f16x##N __attribute__((ext_vector_type(N)));                           \
    CSIMD_INLINE csimd_f32x##N csimd_convert_f16x##N(const void *bits) {                          \
        csimd_f16x##N half;                                                                       \
        __builtin_memcpy(&half, bits, sizeof half);                                               \
        return __builtin_convertvector(half, csimd_f32x##N);                                      \
    }                                                                                             \
    CSIMD_INLINE void csimd_store_f16x##N(void *bits, csimd_f32x##N values) {                     \
        csimd_f16x##N half = __builtin_convertvector(values, csimd_f16x##N);                      \
        __builtin_memcpy(bits, &half, sizeof half);                                               \
    }
#else
// Exponent and fraction shifted into place give the value times 2^-112. The product with 2^112 is
// exact, for subnormals too. Infinity and NaN also get the largest exponent.
//
// The way back rounds to nearest, ties to even. Of normal numbers 13 digits are dropped: just under half
// of the last one kept is added before, exactly half if that digit is odd. For subnormal ones the sum
// with 0.5 rounds: its last digit is worth as much as theirs, 2^-24.
#define CSIMD_FLOAT16(N)                                                                          \
    typedef unsigned short csimd_u16x##N __attribute__((ext_vector_type(N)));                     \
    CSIMD_INLINE csimd_f32x##N csimd_convert_f16x##N(const void *bits) {                          \
        csimd_u16x##N half;                                                                       \
        __builtin_memcpy(&half, bits, sizeof half);                                               \
        csimd_u32x##N wide = __builtin_convertvector(half, csimd_u32x##N);                        \
        csimd_u32x##N magnitude = (wide & 0x7fff) << 13, sign = (wide & 0x8000) << 16;            \
        csimd_f32x##N value = __builtin_bit_cast(csimd_f32x##N, magnitude) * 0x1p112f;            \
        csimd_u32x##N exponent = (csimd_u32x##N)(magnitude >= 0x7c00 << 13) & 0x7f800000;         \
        return __builtin_bit_cast(                                                                \
            csimd_f32x##N, __builtin_bit_cast(csimd_u32x##N, value) | exponent | sign);           \
    }                                                                                             \
    CSIMD_INLINE void csimd_store_f16x##N(void *bits, csimd_f32x##N values) {                     \
        csimd_u32x##N wide = __builtin_bit_cast(csimd_u32x##N, values);                           \
        csimd_u32x##N magnitude = wide & 0x7fffffff, sign = wide >> 16 & 0x8000;                  \
        csimd_u32x##N normal = (magnitude - (112 << 23) + 0xfff + (magnitude >> 13 & 1)) >> 13;   \
        csimd_u32x##N subnormal = __builtin_bit_cast(csimd_u32x##N,                               \
            __builtin_bit_cast(csimd_f32x##N, magnitude) + 0.5f) - 0x3f000000;                    \
        csimd_u32x##N isSubnormal = (csimd_u32x##N)(magnitude < 113 << 23);                       \
        csimd_u32x##N isInfinite = (csimd_u32x##N)(magnitude >= 0x477ff000);                      \
        csimd_u32x##N isNaN = (csimd_u32x##N)(magnitude > 0x7f800000);                            \
        csimd_u32x##N half = (isSubnormal & subnormal) | (~isSubnormal & normal);                 \
        half = (isInfinite & (0x7c00 | (isNaN & 0x200))) | (~isInfinite & half);                  \
        csimd_u16x##N narrow = __builtin_convertvector(half | sign, csimd_u16x##N);               \
        __builtin_memcpy(bits, &narrow, sizeof narrow);                                           \
    }
#endif

#define CSIMD_VECTOR(N) CSIMD_TYPES(N) CSIMD_ARITHMETIC(N) CSIMD_PACKING(N) CSIMD_FLOAT16(N)

CSIMD_VECTOR(4)
CSIMD_VECTOR(8)
CSIMD_VECTOR(16)

#if defined(__x86_64__)
CSIMD_ORDER(4, _mm_max_ps((__m128)a, (__m128)b), _mm_min_ps((__m128)a, (__m128)b))
#else
CSIMD_ORDER(4, a > b ? a : b, a < b ? a : b)
#endif
#if defined(__AVX2__)
CSIMD_ORDER(8, _mm256_max_ps((__m256)a, (__m256)b), _mm256_min_ps((__m256)a, (__m256)b))
#else
CSIMD_ORDER(8, a > b ? a : b, a < b ? a : b)
#endif
#if defined(__AVX512F__)
CSIMD_ORDER(16, _mm512_max_ps((__m512)a, (__m512)b), _mm512_min_ps((__m512)a, (__m512)b))
#else
CSIMD_ORDER(16, a > b ? a : b, a < b ? a : b)
#endif

// MARK: - Products of words of several values

// Four unsigned bytes times four signed ones, in each lane, added to `sums`.

CSIMD_INLINE csimd_i32x4 csimd_multiply_add_bytes_i32x4(csimd_i32x4 sums, csimd_i32x4 a, csimd_i32x4 b) {
    return sums + (a & 0xff) * (b << 24 >> 24) + (a >> 8 & 0xff) * (b << 16 >> 24)
        + (a >> 16 & 0xff) * (b << 8 >> 24) + (a >> 24 & 0xff) * (b >> 24);
}

#if defined(__AVX2__)
// Adds pairs in 16 bits: no overflow if the signed bytes are in -64...63.
CSIMD_INLINE csimd_i32x8 csimd_multiply_add_7bit_i32x8(csimd_i32x8 sums, csimd_i32x8 a, csimd_i32x8 b) {
    __m256i pairs = _mm256_maddubs_epi16((__m256i)a, (__m256i)b);
    return sums + (csimd_i32x8)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}
#endif

#if defined(__AVXVNNI__)
CSIMD_INLINE csimd_i32x8 csimd_multiply_add_bytes_i32x8(csimd_i32x8 sums, csimd_i32x8 a, csimd_i32x8 b) {
    return (csimd_i32x8)_mm256_dpbusd_avx_epi32((__m256i)sums, (__m256i)a, (__m256i)b);
}
#endif

#if defined(__ARM_FEATURE_DOTPROD)
// Four signed bytes times four signed ones.
CSIMD_INLINE csimd_i32x4 csimd_multiply_add_signed_bytes_i32x4(csimd_i32x4 sums, csimd_i32x4 a, csimd_i32x4 b) {
    return (csimd_i32x4)vdotq_s32((int32x4_t)sums, (int8x16_t)b, (int8x16_t)a);
}
#endif

#if defined(__AVX512BW__)
CSIMD_INLINE csimd_i32x16 csimd_multiply_add_7bit_i32x16(csimd_i32x16 sums, csimd_i32x16 a, csimd_i32x16 b) {
    __m512i pairs = _mm512_maddubs_epi16((__m512i)a, (__m512i)b);
    return sums + (csimd_i32x16)_mm512_madd_epi16(pairs, _mm512_set1_epi16(1));
}
#endif

#if defined(__AVX512VNNI__)
CSIMD_INLINE csimd_i32x16 csimd_multiply_add_bytes_i32x16(csimd_i32x16 sums, csimd_i32x16 a, csimd_i32x16 b) {
    return (csimd_i32x16)_mm512_dpbusd_epi32((__m512i)sums, (__m512i)a, (__m512i)b);
}
#endif

#if defined(__AVX512BF16__)
// Pairs of bfloat16 in each lane.
CSIMD_INLINE csimd_f32x16 csimd_multiply_add_bf16_f32x16(csimd_f32x16 sums, csimd_i32x16 a, csimd_i32x16 b) {
    return (csimd_f32x16)_mm512_dpbf16_ps((__m512)sums, (__m512bh)a, (__m512bh)b);
}
#endif

// MARK: - Products of rows of bytes

typedef unsigned char csimd_u8x8 __attribute__((ext_vector_type(8)));
typedef signed char csimd_s8x8 __attribute__((ext_vector_type(8)));
typedef short csimd_i16x8 __attribute__((ext_vector_type(8)));

// Bytes widened to 16 bits, two in each lane.

CSIMD_INLINE csimd_i32x4 csimd_load_u8x8(const void *bytes) {
    csimd_u8x8 narrow;
    __builtin_memcpy(&narrow, bytes, sizeof narrow);
    return __builtin_bit_cast(csimd_i32x4, __builtin_convertvector(narrow, csimd_i16x8));
}
CSIMD_INLINE csimd_i32x4 csimd_load_s8x8(const void *bytes) {
    csimd_s8x8 narrow;
    __builtin_memcpy(&narrow, bytes, sizeof narrow);
    return __builtin_bit_cast(csimd_i32x4, __builtin_convertvector(narrow, csimd_i16x8));
}
#if defined(__AVX2__)
CSIMD_INLINE csimd_i32x8 csimd_load_u8x16(const void *bytes) {
    return (csimd_i32x8)_mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)bytes));
}
CSIMD_INLINE csimd_i32x8 csimd_load_s8x16(const void *bytes) {
    return (csimd_i32x8)_mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)bytes));
}
#endif
#if defined(__AVX512BW__)
CSIMD_INLINE csimd_i32x16 csimd_load_u8x32(const void *bytes) {
    return (csimd_i32x16)_mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)bytes));
}
CSIMD_INLINE csimd_i32x16 csimd_load_s8x32(const void *bytes) {
    return (csimd_i32x16)_mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)bytes));
}
#endif

// Two 16-bit values times two, in each lane, added to `sums`.

CSIMD_INLINE csimd_i32x4 csimd_multiply_add_i16_i32x4(csimd_i32x4 sums, csimd_i32x4 a, csimd_i32x4 b) {
#if defined(__x86_64__)
    return sums + (csimd_i32x4)_mm_madd_epi16((__m128i)a, (__m128i)b);
#else
    return sums + (a << 16 >> 16) * (b << 16 >> 16) + (a >> 16) * (b >> 16);
#endif
}
#if defined(__AVX2__)
CSIMD_INLINE csimd_i32x8 csimd_multiply_add_i16_i32x8(csimd_i32x8 sums, csimd_i32x8 a, csimd_i32x8 b) {
    return sums + (csimd_i32x8)_mm256_madd_epi16((__m256i)a, (__m256i)b);
}
#endif
#if defined(__AVX512BW__)
CSIMD_INLINE csimd_i32x16 csimd_multiply_add_i16_i32x16(csimd_i32x16 sums, csimd_i32x16 a, csimd_i32x16 b) {
    return sums + (csimd_i32x16)_mm512_madd_epi16((__m512i)a, (__m512i)b);
}
#endif

CSIMD_INLINE int csimd_sum_i32x4(csimd_i32x4 lanes) { return __builtin_reduce_add(lanes); }
CSIMD_INLINE int csimd_sum_i32x8(csimd_i32x8 lanes) { return __builtin_reduce_add(lanes); }
CSIMD_INLINE int csimd_sum_i32x16(csimd_i32x16 lanes) { return __builtin_reduce_add(lanes); }

#endif
