/* The processor's features that the operating system lets a program use. */
#ifndef ACT_CPU_H
#define ACT_CPU_H

/* A feature counts only if the registers that it needs are saved on a context switch. */
enum {
    ACT_CPU_FMA = 1 << 0,
    ACT_CPU_AVX2 = 1 << 1,
    ACT_CPU_AVX512 = 1 << 2, /* F, DQ, BW and VL: every AVX-512 processor except the Xeon Phi */
    ACT_CPU_NEON = 1 << 3,
    ACT_CPU_F16C = 1 << 4 /* every processor with AVX2 has it; a hypervisor may hide it */
};

/* The usable features, or-ed.  The same at every call. */
unsigned act_cpu_features(void);

#endif
