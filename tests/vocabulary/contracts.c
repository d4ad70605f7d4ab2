/* The contracts of words, which the debug build asserts. */
#include "vocabulary/lanes.h"
#ifdef ACT_DEBUG_KERNELS
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * The debug build ends a program that breaks a word's contract; each of these breaks one.  A call
 * that ends in another way, or that returns, gives an exit status of 0.
 */
static float memory[VF_LANES + 1] __attribute__((aligned(64)));
static void loads_nothing(void) { vf_load_partial(memory, 0, vf_set1(0.0F)); }
static void loads_a_whole_vector(void) { vf_load_partial(memory, VF_LANES, vf_set1(0.0F)); }
static void stores_nothing(void) { vf_store_partial(memory, vf_set1(0.0F), 0); }
static void takes_no_lane(void) { vf_first(vf_set1(0.0F), 0); }
static void rounds_too_much(void) { vf_rint(vf_set1(0x1.000002p22F)); }
static void largest_of_nan(void) { vf_max_lanes(vf_set1(NAN)); }
#ifdef VF_HAVE_STREAM
static void streams_askew(void) { vf_stream(memory + 1, vf_set1(0.0F)); }
#endif
static void reduces_too_much(void) { exp_reduce(vf_set1(-212.0F)); }
#ifndef VF_HAVE_EXP_FAST
static void near_too_far(void) { vf_exp_fast_near(vf_set1(-88.0F)); }
#endif
static void nonpositive_above(void) { vf_exp_nonpositive_up(vf_set1(0x1p-149F)); }

static void contracts_are_asserted(void **state) {
    (void)state;
    void (*const broken[])(void) = {
        loads_nothing,   loads_a_whole_vector, stores_nothing,   takes_no_lane,
        rounds_too_much, largest_of_nan,       reduces_too_much, nonpositive_above,
#ifndef VF_HAVE_EXP_FAST
        near_too_far,
#endif
#ifdef VF_HAVE_STREAM
        streams_askew,
#endif
    };
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; ++i) {
        (void)fflush(NULL);
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            if (!freopen("/dev/null", "w", stderr))
                _exit(0);
            (void)signal(SIGABRT, SIG_DFL);
            broken[i]();
            _exit(0);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
            fail_msg("contract %zu is not asserted: status %d", i, status);
    }
}

int vocabulary_contracts(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contracts_are_asserted),
    };
    return cmocka_run_group_tests_name(VOCABULARY " contracts", tests, NULL, NULL);
}
#else
int vocabulary_contracts(void) { return 0; }
#endif
