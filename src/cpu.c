/* CPUID, and XGETBV for what the operating system saves. */
#include "cpu.h"

#if defined(__x86_64__) || defined(__i386__)

#include <cpuid.h>

/* XCR0: the registers that the operating system saves. */
enum {
    XCR0_AVX = 0x06,   /* xmm and the upper halves of ymm */
    XCR0_AVX512 = 0xE6 /* those, the mask registers, and both parts of zmm */
};

static unsigned xcr0(void) {
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    (void)high;
    return low;
}

static int has(unsigned word, unsigned bits) { return (word & bits) == bits; }

unsigned act_cpu_features(void) {
    unsigned eax, ebx, ecx, edx;
    /* A CPUID bit alone does not mean that the registers survive a context switch, and without
     * OSXSAVE XGETBV itself is illegal. */
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !has(ecx, bit_OSXSAVE | bit_AVX))
        return 0;
    unsigned saved = xcr0();
    if (!has(saved, XCR0_AVX))
        return 0;

    unsigned features = 0;
    if (has(ecx, bit_FMA))
        features |= ACT_CPU_FMA;
    if (has(ecx, bit_F16C))
        features |= ACT_CPU_F16C;
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) {
        if (has(ebx, bit_AVX2))
            features |= ACT_CPU_AVX2;
        if (has(ebx, bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL | bit_BMI2) &&
            has(saved, XCR0_AVX512))
            features |= ACT_CPU_AVX512;
    }
    return features;
}

#elif defined(__aarch64__)

/* Advanced SIMD and fused multiply-add belong to every AArch64 processor that runs applications. */
unsigned act_cpu_features(void) { return ACT_CPU_NEON; }

#else

unsigned act_cpu_features(void) { return 0; }

#endif
