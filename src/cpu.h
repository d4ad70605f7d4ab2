/* What the processor has and the operating system lets a program use. */
#ifndef ACT_CPU_H
#define ACT_CPU_H

/* A feature counts only if the registers it needs are saved on a context switch. */
enum {
    ACT_CPU_FMA = 1 << 0,
    ACT_CPU_AVX2 = 1 << 1,
    ACT_CPU_AVX512 = 1 << 2, /* F, DQ, BW and VL: all that have AVX-512 but the Xeon Phi */
    ACT_CPU_NEON = 1 << 3
};

/* The features that can be used here, or-ed.  The same at every call. */
unsigned act_cpu_features(void);

#endif
