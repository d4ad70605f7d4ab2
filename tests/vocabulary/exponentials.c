/* exp and log1p: SLEEF's bits in the default tier, the bound of the fast one. */
#include "vocabulary/lanes.h"

#include "kernels/log1p.h"

#include <fenv.h>
#include <stdlib.h>

#include "act/act.h"

#ifdef VF_SLEEF
/* SLEEF's function is the definition of exp, special cases in any lane or in none. */
static void exp_on_a_sample(void **state) {
    (void)state;
    random_source source = {12};
    for (int i = 0; i < (quick() ? 5000 : 100000); ++i) {
        const double range = i % 2 ? 110 : 10;
        lanes x, expected;
        for (size_t k = 0; k < VF_LANES; ++k) {
            x.lane[k] = (float)(range * (2 * random_unit(&source) - 1));
            expected.lane[k] = SLEEF_EXP(x.lane[k]);
        }
        expect_lanes("vf_sleef_exp", vf_sleef_exp(vector_of(&x)), &expected, same_bits);
    }
}

/*
 * exp of a nonpositive number has the bits of vf_exp for every float (plain C, one lane at a time,
 * tries a sample).  Without fused multiply-add the last bit may differ.
 */
static void exp_nonpositive(void **state) {
    (void)state;
    const uint32_t stride = quick() ? 997 : strstr(VOCABULARY, "scalar") ? 31 : 1;
    const lanes floor = lanes_of(vf_set1(-105.0F));
    for (uint64_t first = 0x80000000; first <= 0xFFC00000; first += (uint64_t)stride * VF_LANES) {
        lanes x;
        for (uint32_t i = 0; i < VF_LANES; ++i)
            x.lane[i] = float_of((uint32_t)first + i * stride);
        vf a = vector_of(&x);
        /* Skips the range from -112 almost to -inf, where all results are the same 0. */
        if (first > 0xC2E00000 && first < 0xFF000000) {
            first = 0xFF000000;
            continue;
        }
        lanes expected = lanes_of(vf_sleef_exp(vf_max(vector_of(&floor), a)));
        expect_lanes("vf_exp_nonpositive", vf_exp_nonpositive(a), &expected, fused);
    }
}

/* As exp rounded to float, whose bound is 1 ULP. */
static bool within_ulp(float a, float b) { return fabsf(a - b) <= 0x1p-22F * b; }

/* The same for the word with a restricted range, and for the one scaled by 2^64. */
static void exp_in_a_range(void **state) {
    (void)state;
    random_source source = {13};
    for (int i = 0; i < (quick() ? 5000 : 100000); ++i) {
        lanes x, near, up;
        for (size_t k = 0; k < VF_LANES; ++k) {
            x.lane[k] = (float)(VF_EXP_NEAR * random_unit(&source));
            x.lane[k] = i % 64 ? x.lane[k] : k == 0 ? NAN : k == 1 ? VF_EXP_NEAR : -0.0F;
            near.lane[k] = SLEEF_EXP(x.lane[k]);
            up.lane[k] = 0x1p64F * near.lane[k];
        }
        vf a = vector_of(&x);
        expect_lanes("vf_exp_near", vf_exp_near(a), &near, fused);
        expect_lanes("vf_exp_nonpositive_up", vf_exp_nonpositive_up(a), &up, fused);
        expect_lanes("vf_exp_fast_near", vf_exp_fast_near(a), &near, nearly);
        for (size_t k = 0; k < VF_LANES; ++k) {
            x.lane[k] = (float)(-87 - 17 * random_unit(&source));
            up.lane[k] = (float)(0x1p64 * exp((double)x.lane[k]));
        }
        expect_lanes("vf_exp_nonpositive_up", vf_exp_nonpositive_up(vector_of(&x)), &up,
                     within_ulp);
    }
}

/*
 * SLEEF defines exp: the public function on the best backend is compared for every float.  On other
 * backends, and where that would take too long, a sample is compared.
 */
static const char *tested_backend;
static void exp_of_every_float(void **state) {
    (void)state;
    const char *best = "", *const backend = tested_backend ? tested_backend : "";
    if (!*backend)
        skip();
    (void)act_backends(&best, 1);
    assert_int_equal(act_set_backend(backend), ACT_OK);
    const uint32_t stride = quick() ? 9973 : strcmp(backend, best) == 0 ? 1 : 251;
    enum { FLOATS = 1024 * VF_LANES };
    static float x[FLOATS], y[FLOATS], z[FLOATS];
    for (uint64_t first = 0; first <= UINT32_MAX; first += (uint64_t)FLOATS * stride) {
        for (uint32_t i = 0; i < FLOATS; ++i)
            x[i] = float_of((uint32_t)first + i * stride);
        assert_int_equal(act_exp_f32_to(y, x, FLOATS), ACT_OK);
        for (size_t i = 0; i < FLOATS; i += VF_LANES)
            vf_store(z + i, vf_sleef_exp(vf_load(x + i)));
        if (memcmp(y, z, sizeof y) == 0)
            continue;
        for (size_t i = 0; i < FLOATS; i += VF_LANES) { /* NaNs may differ */
            const lanes expected = lanes_of(vf_load(z + i));
            expect_lanes("act_exp_f32", vf_load(y + i), &expected, fused);
        }
    }
    assert_int_equal(act_set_backend(NULL), ACT_OK);
}

/* Every magnitude that a row's sum may have, near the ends of each binade and within it. */
static void log1p_of_a_sum(void **state) {
    (void)state;
    if (!FUSED_IN_HARDWARE)
        skip();
    random_source source = {13};
    assert_true(isnan(vd_log1p(NAN)));
    assert_true(vd_log1p(0.0) == 0.0 && !signbit(vd_log1p(0.0)));
    double sixteen[VF_LANES];
    for (size_t i = 0; i < VF_LANES; ++i)
        sixteen[i] = i ? ldexp(random_unit(&source), (int)i * 5 - 40) : NAN;
    const double last = vd_log1p(sixteen[VF_LANES - 1]);
    log1p_sixteen(sixteen);
    assert_true(isnan(sixteen[0]) && sixteen[VF_LANES - 1] == last);
    for (int e = -1074; e < 70; ++e)
        for (int i = 0; i < (quick() ? 200 : 20000); ++i) {
            const double fraction = i < 2   ? i * 0x1p-52
                                    : i < 4 ? (i - 1) * 0.5 - 0x1p-53
                                            : random_unit(&source);
            const double s = ldexp(1 + fraction, e), expected = sleef_log1p_fma(s);
            const double result = vd_log1p(s);
            if (memcmp(&result, &expected, sizeof result) != 0)
                fail_msg("vd_log1p(%a) is %a, should be %a", s, result, expected);
        }
}
#endif

/* Idle lanes and masked elements are huge: they must not raise FE_INVALID. */
static void exp_raises_nothing(void **state) {
    (void)state;
    for (size_t s = 0; s < SPECIALS; ++s) {
        float x = -fabsf(float_of(specials[s]));
        vf a = vf_set1(isnan(x) ? 0 : x);
        feclearexcept(FE_ALL_EXCEPT);
        lanes y = lanes_of(vf_exp_nonpositive(a));
        assert_int_equal(fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW), 0);
        assert_true(y.lane[0] <= 1);
    }
}

static void exp_fast(void **state) {
    (void)state;
    random_source source = {19};
    for (int i = 0; i < 50000; ++i) {
        lanes x, expected, plus;
        for (size_t k = 0; k < VF_LANES; ++k) {
            float a = (float)(-(1 + i % 110) * random_unit(&source));
            a = i % 64 ? a : -fabsf(float_of(specials[((size_t)i / 64 + k) % SPECIALS]));
            x.lane[k] = a;
            expected.lane[k] = (float)exp((double)a);
            plus.lane[k] = (float)(1 + exp((double)a));
        }
        vf a = vector_of(&x);
        expect_lanes("vf_exp_fast_bounded", vf_exp_fast_bounded(a), &expected, nearly);
        expect_lanes("vf_exp_fast_nonpositive", vf_exp_fast_nonpositive(a), &expected, nearly);
        expect_lanes("vf_exp_fast_plus", vf_exp_fast_plus(vf_set1(1.0F), vf_neg(a)), &plus, nearly);
        for (size_t k = 0; k < VF_LANES; ++k)
            plus.lane[k] *= 4;
        expect_lanes("vf_exp_fast_plus4", vf_exp_fast_plus4(vf_neg(a)), &plus, nearly);
    }
    lanes infinite = lanes_of(vf_set1(INFINITY)), zero = {{0}};
    expect_lanes("vf_exp_fast_bounded", vf_exp_fast_bounded(vf_set1(-INFINITY)), &zero, exact);
    expect_lanes("vf_exp_fast_plus", vf_exp_fast_plus(vf_set1(1.0F), vf_set1(-89.0F)), &infinite,
                 exact);
    expect_lanes("vf_exp_fast_plus", vf_exp_fast_plus(vf_set1(1.0F), vf_set1(-INFINITY)), &infinite,
                 exact);
    expect_lanes("vf_exp_fast_plus4", vf_exp_fast_plus4(vf_set1(-87.4F)), &infinite, exact);
    expect_lanes("vf_exp_fast_plus4", vf_exp_fast_plus4(vf_set1(-INFINITY)), &infinite, exact);
}

int vocabulary_exponentials(const char *backend) {
#ifdef VF_SLEEF
    tested_backend = backend;
#else
    (void)backend;
#endif
    const struct CMUnitTest tests[] = {
#ifdef VF_SLEEF
        cmocka_unit_test(exp_on_a_sample),    cmocka_unit_test(exp_nonpositive),
        cmocka_unit_test(exp_in_a_range),     cmocka_unit_test(exp_of_every_float),
        cmocka_unit_test(log1p_of_a_sum),
#endif
        cmocka_unit_test(exp_raises_nothing), cmocka_unit_test(exp_fast),
    };
    return cmocka_run_group_tests_name(VOCABULARY " exponentials", tests, NULL, NULL);
}
