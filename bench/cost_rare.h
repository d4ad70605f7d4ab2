/*
 * For cost.py, which includes this before a backend's source, after its vocabulary: marks in the
 * assembly what is seldom run, so that the hot loop is the one without: lanes that vm_any asks for,
 * which are the far and the not finite ones, and rows that are not close (VF_SELDOM).  A mark is no
 * instruction, but it may shift the registers around it: sigmoid's loop changes by an instruction
 * and a percent.  So there is none on tails, where it would decide what a compiler unrolls or
 * merges with the loop.
 */
#ifndef BENCH_COST_RARE_H
#define BENCH_COST_RARE_H

static inline __attribute__((always_inline)) int rare(int condition) {
    if (condition)
        __asm__ volatile(".set act_rare, 1");
    return condition;
}
#define vm_any(m) rare(vm_any(m))
#undef VF_SELDOM
#undef VF_SELDOM_CALLED
#define VF_SELDOM(condition) rare(condition)
#define VF_SELDOM_CALLED     ((void)rare(1))

#endif
