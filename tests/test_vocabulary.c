/*
 * The vector vocabulary of one instruction set against its contract in kernels/vec.h: each word is
 * compared with its scalar definition, for every pair of special values in every lane.
 *
 * It is compiled once per backend, with that backend's flags and VOCABULARY as the name of its
 * header.  So it may run only after vocabulary_main.c has checked that the processor has the
 * instructions.
 */
#include VOCABULARY
#include "kernels/exp.h"
#include "kernels/log1p.h"
#include "kernels/stream.h"

#include <fenv.h>
#include <float.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act/act.h"
#include "support/data.h"
#include "support/guard.h"
#include "support/halves.h"
#include "support/harness.h"
#include "vocabulary.h"

/*
 * SLEEF's exp and log1p for one lane, declared here: sleef.h declares some of them only under some
 * compilers.
 */
#ifdef VF_SLEEF
float sleef_exp(float) __asm__("Sleef_expf1_u10purec");
float sleef_exp_fma(float) __asm__("Sleef_expf1_u10purecfma");
double sleef_log1p_fma(double) __asm__("Sleef_log1pd1_u10purecfma");
#endif

/* Only plain C without the fma instruction may round a fused product twice. */
#if defined(__FMA__) || defined(__aarch64__)
enum { FUSED_IN_HARDWARE = 1 };
#define SLEEF_EXP sleef_exp_fma
#else
enum { FUSED_IN_HARDWARE = 0 };
#define SLEEF_EXP sleef_exp
#endif

/* Vectors by lane. */

typedef struct {
    float lane[VF_LANES];
} lanes;

static lanes lanes_of(vf a) {
    lanes l;
    vf_store(l.lane, a);
    return l;
}
static vf vector_of(const lanes *l) { return vf_load(l->lane); }

/* Comparisons: same_bits(), for which all NaNs are equal, and these. */
static bool exact(float a, float b) { return bits_of(a) == bits_of(b); }
static bool fused(float a, float b) {
    return same_bits(a, b) || (!FUSED_IN_HARDWARE && (exact(a, nextafterf(b, -INFINITY)) ||
                                                      exact(a, nextafterf(b, INFINITY))));
}
static bool equal(float a, float b) { return a == b; }
/* The fast tier's exp: results below FLT_MIN may be 0. */
static bool nearly(float a, float b) {
    return same_bits(a, b) || (b < 2 * FLT_MIN && a >= 0 && a <= 2 * FLT_MIN) ||
           fabsf(a - b) <= 0x1.6ap-22F * b;
}

static void expect_lanes(const char *word, vf result, const lanes *expected,
                         bool (*right)(float, float)) {
    lanes l = lanes_of(result);
    uint32_t differences = 0;
    for (size_t i = 0; i < VF_LANES; ++i)
        differences |= bits_of(l.lane[i]) ^ bits_of(expected->lane[i]);
    if (!differences)
        return;
    for (size_t i = 0; i < VF_LANES; ++i)
        if (!right(l.lane[i], expected->lane[i]))
            fail_msg("%s, lane %zu: is %a (%08x), should be %a (%08x)", word, i, (double)l.lane[i],
                     bits_of(l.lane[i]), (double)expected->lane[i], bits_of(expected->lane[i]));
}

/* Consecutive specials in the lanes, beginning with any of them. */
static lanes specials_from(size_t begin) {
    lanes l;
    for (size_t i = 0; i < VF_LANES; ++i)
        l.lane[i] = float_of(specials[(begin + i) % SPECIALS]);
    return l;
}

static lanes random_lanes(random_source *source) {
    lanes l;
    for (size_t i = 0; i < VF_LANES; ++i)
        l.lane[i] = float_of(random_bits(source));
    return l;
}

/* Each word of one or two operands: its call, its meaning for lanes a and b, and the comparison. */
#define WORDS(WORD)                                                                                \
    WORD(vf_add(va, vb), a + b, same_bits)                                                         \
    WORD(vf_sub(va, vb), a - b, same_bits)                                                         \
    WORD(vf_plus(va, vb), a + b, same_bits)                                                        \
    WORD(vf_minus(va, vb), a - b, same_bits)                                                       \
    WORD(vf_mul(va, vb), a *b, same_bits)                                                          \
    WORD(vf_div(va, vb), a / b, same_bits)                                                         \
    WORD(vf_sqrt(va), sqrtf(a), same_bits)                                                         \
    WORD(vf_fma(va, vb, va), fmaf(a, b, a), fused)                                                 \
    WORD(vf_fma(va, va, vb), fmaf(a, a, b), fused)                                                 \
    WORD(vf_nfma(va, vb, va), fmaf(-a, b, a), fused)                                               \
    WORD(vf_nfma(va, va, vb), fmaf(-a, a, b), fused)                                               \
    WORD(vf_max(va, vb), a > b ? a : b, same_bits)                                                 \
    WORD(vf_min(va, vb), a < b ? a : b, same_bits)                                                 \
    WORD(vf_abs(va), float_of(bits_of(a) & 0x7FFFFFFF), exact)                                     \
    WORD(vf_neg(va), float_of(bits_of(a) ^ 0x80000000), exact)                                     \
    WORD(vf_select(vf_lt(va, vb), va, vb), isless(a, b) ? a : b, exact)                            \
    WORD(vf_select(vf_lt(va, vb), vb, va), isless(a, b) ? b : a, exact)                            \
    WORD(vf_select(vf_is_nan(va), vb, va), isnan(a) ? b : a, exact)                                \
    WORD(vf_select(vf_signbit(va), vb, va), bits_of(a) >> 31 ? b : a, exact)                       \
    WORD(vf_minus_bits(va, vb), float_of(bits_of(a) - bits_of(b)), exact)                          \
    WORD(vf_kept(va), a, exact)                                                                    \
    WORD(vf_with_sign(va, vb), float_of((bits_of(a) & INT32_MAX) | (bits_of(b) & 0x80000000)),     \
         exact)                                                                                    \
    WORD(vf_nan_of(va, vb), isnan(a) ? a : b, exact)                                               \
    WORD(vf_at_least(va, -1.5F), a < -1.5F ? -1.5F : a, same_bits)                                 \
    WORD(vf_at_most(va, 0x1p-140F), a > 0x1p-140F ? 0x1p-140F : a, same_bits)                      \
    WORD(vf_scale_down(vf_abs(va)), (float)(fabs((double)a) * 0x1p-64), same_bits)                 \
    WORD(vf_scale_down_signed(va), (float)((double)a * 0x1p-64), same_bits)                        \
    SLEEF_WORDS(WORD)
#ifdef VF_SLEEF
#define SLEEF_WORDS(WORD)                                                                          \
    WORD(vf_sleef_exp(va), SLEEF_EXP(a), same_bits) WORD(vf_exp(va), SLEEF_EXP(a), fused)
#else
#define SLEEF_WORDS(WORD)
#endif

static void check_words(const lanes *x, const lanes *y) {
    const vf va = vector_of(x), vb = vector_of(y);
#define WORD(application, meaning, right)                                                          \
    {                                                                                              \
        lanes expected;                                                                            \
        for (size_t i = 0; i < VF_LANES; ++i) {                                                    \
            const float a = x->lane[i], b = y->lane[i];                                            \
            (void)b;                                                                               \
            expected.lane[i] = (meaning);                                                          \
        }                                                                                          \
        expect_lanes(#application, application, &expected, right);                                 \
    }
    WORDS(WORD)
}

static void words_on_specials(void **state) {
    (void)state;
    for (size_t i = 0; i < SPECIALS; ++i)
        for (size_t k = 0; k < SPECIALS; ++k) {
            lanes x = specials_from(i), y = specials_from(k);
            check_words(&x, &y);
        }
}

static void words_on_random_bits(void **state) {
    (void)state;
    random_source source = {11};
    for (int i = 0; i < (quick() ? 2000 : 20000); ++i) {
        lanes x = random_lanes(&source), y = random_lanes(&source);
        check_words(&x, &y);
    }
}

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

/* Words with a domain of their own. */

static void rint_to_even(void **state) {
    (void)state;
    random_source source = {16};
    for (int i = 0; i < 20000; ++i) {
        lanes x, expected;
        for (size_t k = 0; k < VF_LANES; ++k) {
            float range = (float)(1 << (i % 22));
            x.lane[k] = (float)(range * (2 * random_unit(&source) - 1));
            x.lane[k] = i % 3 ? x.lane[k] : floorf(x.lane[k]) + 0.5F;
            expected.lane[k] = rintf(x.lane[k]);
        }
        expect_lanes("vf_rint", vf_rint(vector_of(&x)), &expected, equal);
    }
}

static void exponent_field(void **state) {
    (void)state;
    random_source source = {17};
    for (int i = 0; i < 20000; ++i) {
        lanes x, expected;
        for (size_t k = 0; k < VF_LANES; ++k) {
            uint32_t bits = random_bits(&source) & ~0x100U;
            x.lane[k] = float_of(bits);
            expected.lane[k] = float_of((bits & 0xFF) << 23);
        }
        expect_lanes("vf_exponent", vf_exponent(vector_of(&x)), &expected, exact);
    }
}

/* A number of either sign, sometimes NaN. */
static float scaled_lane(random_source *source, int own) {
    float a = (float)ldexp(1 + random_unit(source), own);
    a = random_bits(source) & 1 ? a : -a;
    return random_below(source, 64) ? a : NAN;
}

static void scale_by_powers(void **state) {
    (void)state;
    random_source source = {18};
    for (int i = 0; i < 20000; ++i) {
        lanes a, n, expected, up, near;
        for (size_t k = 0; k < VF_LANES; ++k) {
            int power = -(int)random_below(&source, 191);
            a.lane[k] = scaled_lane(&source, (int)random_below(&source, 126) - 62);
            n.lane[k] = (float)power;
            expected.lane[k] = (float)ldexp((double)a.lane[k], power);
            up.lane[k] = (float)ldexp((double)a.lane[k], power + 64);
        }
        expect_lanes("vf_scale2n", vf_scale2n(vector_of(&a), vector_of(&n)), &expected, same_bits);
        expect_lanes("vf_scale2n_up", vf_scale2n_up(vector_of(&a), vector_of(&n)), &up, same_bits);

        for (size_t k = 0; k < VF_LANES; ++k) {
            int power = (int)random_below(&source, 254) - 126;
            a.lane[k] = float_of(random_bits(&source));
            n.lane[k] = (float)power;
            near.lane[k] = (float)ldexp((double)a.lane[k], power);
        }
        expect_lanes("vf_scale2n_near", vf_scale2n_near(vector_of(&a), vector_of(&n)), &near,
                     same_bits);
    }
}

/* Small integers, so that nothing rounds: each count of constants is a word of its own. */
static void polynomials(void **state) {
    (void)state;
    lanes x;
    for (size_t i = 0; i < VF_LANES; ++i)
        x.lane[i] = (float)((int)i % 7 - 3);
    const vf v = vector_of(&x);
    static const float constant[] = {1, -2, 3, 5, -4, 2, 1, -1, 3, 7};
    const vf result[] = {vf_polynomial(v, 1, -2),
                         vf_polynomial(v, 1, -2, 3),
                         vf_polynomial(v, 1, -2, 3, 5),
                         vf_polynomial(v, 1, -2, 3, 5, -4),
                         vf_polynomial(v, 1, -2, 3, 5, -4, 2),
                         vf_polynomial(v, 1, -2, 3, 5, -4, 2, 1),
                         vf_polynomial(v, 1, -2, 3, 5, -4, 2, 1, -1),
                         vf_polynomial(v, 1, -2, 3, 5, -4, 2, 1, -1, 3),
                         vf_polynomial(v, 1, -2, 3, 5, -4, 2, 1, -1, 3, 7)};
    for (size_t degree = 1; degree <= sizeof result / sizeof result[0]; ++degree) {
        lanes expected;
        for (size_t i = 0; i < VF_LANES; ++i) {
            expected.lane[i] = constant[0];
            for (size_t k = 1; k <= degree; ++k)
                expected.lane[i] = expected.lane[i] * x.lane[i] + constant[k];
        }
        expect_lanes("vf_polynomial", result[degree - 1], &expected, equal);
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

static void small_numbers_flushed(void **state) {
    (void)state;
    random_source source = {21};
    for (int i = 0; i < 20000; ++i) {
        lanes x, flushed, unless;
        for (size_t k = 0; k < VF_LANES; ++k) {
            x.lane[k] = float_of(random_bits(&source) >> (i % 2) * 4 | random_bits(&source) << 31);
            bool small = fabsf(x.lane[k]) < 0x1p-119F;
            flushed.lane[k] = small ? copysignf(0.0F, x.lane[k]) : x.lane[k];
            unless.lane[k] = x.lane[k] < 1 ? 0.0F : x.lane[k];
        }
        vf a = vector_of(&x);
        expect_lanes("vf_flushed", vf_flushed(a), &flushed, same_bits);
        expect_lanes("vf_unless", vf_unless(vf_lt(a, vf_set1(1.0F)), a), &unless, same_bits);
    }
}

/* A number of any size, small ones as often as all others; sometimes 0, an infinity or NaN. */
static float any_size(random_source *source) {
    const uint32_t sign = random_bits(source) << 31;
    const size_t kind = random_below(source, 16);
    if (kind == 0)
        return float_of(specials[random_below(source, SPECIALS)]);
    return float_of(sign |
                    (kind < 9 ? random_bits(source) >> (1 + kind) : random_bits(source) >> 1));
}

static void products_of_small_numbers(void **state) {
    (void)state;
    random_source source = {22};
    const float high = 0.6F, low = (float)(0.6 - (double)0.6F);
    for (int i = 0; i < 100000; ++i) {
        lanes a, b, product, multiple, negative, half;
        for (size_t k = 0; k < VF_LANES; ++k) {
            a.lane[k] = any_size(&source), b.lane[k] = any_size(&source);
            product.lane[k] = (float)((double)a.lane[k] * (double)b.lane[k]);
            const float x = a.lane[k], size = fabsf(x);
            multiple.lane[k] = size < VF_TINY ? copysignf(fmaf(x, high, x * low), x) : b.lane[k];
            negative.lane[k] = size < VF_TINY ? copysignf(fmaf(x, high, x * -low), x) : b.lane[k];
            half.lane[k] = size < VF_TINY ? 0.5F * x : b.lane[k];
        }
        const vf x = vector_of(&a), y = vector_of(&b);
        const unusual_lanes tiny = {1, 0};
        expect_lanes("vf_times", vf_times(x, y), &product, same_bits);
        expect_lanes("tiny_multiple", tiny_multiple(tiny, x, vf_set1(high), vf_set1(low), y),
                     &multiple, same_bits);
        expect_lanes("tiny_multiple", tiny_multiple(tiny, x, vf_set1(high), vf_set1(-low), y),
                     &negative, same_bits);
        expect_lanes("tiny_half", tiny_half(tiny, x, y), &half, same_bits);
    }
}

/* One lane beyond a limit among NaN or ordinary numbers; 0 and NaN may be taken for unusual. */
static void unusual_lanes_are_found(void **state) {
    (void)state;
    static const float inside[] = {1.0F, VF_TINY, 43.0F, -7.0F, NAN, 0.0F};
    for (size_t k = 0; k < VF_LANES; ++k)
        for (size_t j = 0; j < sizeof inside / sizeof inside[0]; ++j) {
            lanes x = lanes_of(vf_set1(inside[j]));
            unusual_lanes found = unusual_lanes_of(vector_of(&x), 43.0F);
            assert_false(found.tiny || found.far);
            assert_false(tiny_lanes_of(vector_of(&x)).tiny);
            assert_int_equal(vf_any_below(vector_of(&x), -7.5F), 0);

            x.lane[k] = nextafterf(-43.0F, -INFINITY);
            found = unusual_lanes_of(vector_of(&x), 43.0F);
            assert_true(found.far && !found.tiny);
            assert_int_equal(vf_any_below(vector_of(&x), -43.0F), 1);
            x.lane[k] = 0x1p-149F;
            found = unusual_lanes_of(vector_of(&x), 43.0F);
            assert_true(!found.far && found.tiny == AVOIDS_SUBNORMALS);
            assert_int_equal(tiny_lanes_of(vector_of(&x)).tiny, AVOIDS_SUBNORMALS);
        }
}

/* Lane j of the result comes from vector j. */
static void reductions_of_rows(void **state) {
    (void)state;
    random_source source = {20};
    for (int trial = 0; trial < 2000; ++trial) {
        vf rows[VF_LANES];
        lanes largest, sum;
        for (size_t j = 0; j < VF_LANES; ++j) {
            lanes a;
            largest.lane[j] = -INFINITY;
            sum.lane[j] = 0;
            for (size_t i = 0; i < VF_LANES; ++i) {
                /* Integers, so that the sum is exact in every order. */
                a.lane[i] = (float)random_below(&source, 2000) - 1000;
                largest.lane[j] = fmaxf(largest.lane[j], a.lane[i]);
                sum.lane[j] += a.lane[i];
            }
            rows[j] = vector_of(&a);
        }
        expect_lanes("vf_max_rows", vf_max_rows(rows), &largest, equal);
        expect_lanes("vf_sum_rows", vf_sum_rows(rows), &sum, equal);
    }
}

/* The order of additions is that of the rows: of what rounds, too, the sum has the same bits. */
static void sum_as_of_rows(void **state) {
    (void)state;
    random_source source = {21};
    for (int trial = 0; trial < 2000; ++trial) {
        vf rows[VF_LANES];
        for (size_t j = 0; j < VF_LANES; ++j) {
            lanes a;
            for (size_t i = 0; i < VF_LANES; ++i)
                a.lane[i] = (float)random_unit(&source);
            rows[j] = vector_of(&a);
        }
        const lanes sums = lanes_of(vf_sum_rows(rows));
        for (size_t j = 0; j < VF_LANES; ++j) {
            const lanes all = lanes_of(vf_set1(sums.lane[j]));
            expect_lanes("vf_sum_lanes", vf_sum_lanes(rows[j]), &all, exact);
        }
    }
}

/*
 * A product that is rounded before the sum; fused, it would leave 2^-24.  A compiler fuses only a
 * product that has a single use and is not known at compile time.
 */
static void no_contraction(void **state) {
    (void)state;
    volatile float a = 1 + 0x1p-12F, c = -(1 + 0x1p-11F);
    lanes x, y, zero = {{0}}, rest;
    for (size_t i = 0; i < VF_LANES; ++i) {
        x.lane[i] = a;
        y.lane[i] = c;
        rest.lane[i] = 0x1p-24F;
    }
    vf va = vector_of(&x), vc = vector_of(&y);
    expect_lanes("a * a + c", vf_add(vf_mul(va, va), vc), &zero, exact);
    for (size_t i = 0; i < VF_LANES; ++i) {
        x.lane[i] = -a;
        y.lane[i] = -c;
    }
    expect_lanes("c - a * a", vf_sub(vector_of(&y), vf_mul(vector_of(&x), vector_of(&x))), &zero,
                 exact);
    expect_lanes("vf_fma", vf_fma(va, va, vc), &rest, exact);
    expect_lanes("vf_nfma", vf_neg(vf_nfma(va, va, vf_neg(vc))), &rest, exact);
}

static void set1(void **state) {
    (void)state;
    for (size_t s = 0; s < SPECIALS; ++s) {
        lanes expected;
        for (size_t i = 0; i < VF_LANES; ++i)
            expected.lane[i] = float_of(specials[s]);
        expect_lanes("vf_set1", vf_set1(float_of(specials[s])), &expected, exact);
    }
}

/* Memory: at every offset from a guard page, on either side. */

static void whole_loads_and_stores(void **state) {
    (void)state;
    guard *g = guard_new((size_t)2 * VF_LANES);
    for (size_t offset = 0; offset < VF_LANES; ++offset)
        for (int side = GUARD_START; side <= GUARD_END; ++side) {
            lanes a = specials_from(offset);
            float *p = guard_place(g, (guard_side)side, offset, VF_LANES);
            memcpy(p, a.lane, sizeof a.lane);
            expect_lanes("vf_load", vf_load(p), &a, exact);
            a = specials_from(offset + 1);
            vf_store(p, vector_of(&a));
            assert_memory_equal(p, a.lane, sizeof a.lane);
            guard_check(g);
        }
    guard_free(g);
}

static void partial_loads_and_stores(void **state) {
    (void)state;
    guard *g = guard_new((size_t)2 * VF_LANES);
    for (size_t begin = 0; begin < SPECIALS; ++begin)
        for (size_t n = 1; n < VF_LANES; ++n)
            for (size_t offset = 0; offset < 4; ++offset)
                for (int side = GUARD_START; side <= GUARD_END; ++side) {
                    lanes a = specials_from(begin), idle = specials_from(begin + 5);
                    float *p = guard_place(g, (guard_side)side, offset, n);
                    memcpy(p, a.lane, n * sizeof *p);
                    lanes expected = idle;
                    memcpy(expected.lane, a.lane, n * sizeof *p);
                    expect_lanes("vf_load_partial", vf_load_partial(p, n, vector_of(&idle)),
                                 &expected, exact);
                    memset(expected.lane + n, 0, (VF_LANES - n) * sizeof *p);
                    expect_lanes("vf_load_first", vf_load_first(p, n), &expected, exact);
                    vf_store_partial(p, vector_of(&idle), n);
                    assert_memory_equal(p, idle.lane, n * sizeof *p);
                    guard_check(g);
                }
    guard_free(g);
}

static void first_lanes(void **state) {
    (void)state;
    for (size_t begin = 0; begin < SPECIALS; ++begin)
        for (size_t n = 1; n < VF_LANES; ++n) {
            lanes a = specials_from(begin), expected = {{0}};
            memcpy(expected.lane, a.lane, n * sizeof a.lane[0]);
            expect_lanes("vf_first", vf_first(vector_of(&a), n), &expected, exact);
            lanes b = specials_from(begin + 5);
            memcpy(b.lane, a.lane, n * sizeof a.lane[0]);
            const lanes others = specials_from(begin + 5);
            expect_lanes("vf_first_else", vf_first_else(vector_of(&a), n, vector_of(&others)), &b,
                         exact);
        }
}

/* The even and the odd lanes of two vectors one after the other. */
static void every_second_lane(void **state) {
    (void)state;
    for (size_t begin = 0; begin < SPECIALS; ++begin) {
        const lanes pair[2] = {specials_from(begin), specials_from(begin + 7)};
        lanes part[2] = {{{0}}}; /* even, odd */
        for (size_t i = 0; i < 2 * (size_t)VF_LANES; ++i)
            part[i % 2].lane[i / 2] = pair[i / VF_LANES].lane[i % VF_LANES];
        const vf a = vector_of(&pair[0]), b = vector_of(&pair[1]);
        expect_lanes("vf_even", vf_even(a, b), &part[0], exact);
        expect_lanes("vf_odd", vf_odd(a, b), &part[1], exact);
    }
}

/* Whole cache lines. */
#ifdef VF_HAVE_STREAM
static void stores_past_the_caches(void **state) {
    (void)state;
    static float buffer[8 * VF_LANES];
    float *line = buffer + to_next_line(buffer) % VF_LANES;
    for (size_t i = 0; i < 6; ++i)
        vf_stream(line + i * VF_LANES, vf_set1((float)i));
    vf_stream_end();
    lanes a = specials_from(3);
    vf_stream(line + (size_t)2 * VF_LANES, vector_of(&a));
    vf_stream_end();
    for (size_t i = 0; i < 6; ++i) {
        lanes expected = lanes_of(vf_set1((float)i));
        assert_memory_equal(line + i * VF_LANES, i == 2 ? a.lane : expected.lane, sizeof a.lane);
    }
    for (const float *p = buffer; p < line; ++p)
        assert_true(*p == 0);
    for (const float *p = line + (size_t)6 * VF_LANES; p < buffer + (size_t)8 * VF_LANES; ++p)
        assert_true(*p == 0);
}
#endif

/* Reductions. */

static void max_of_lanes(void **state) {
    (void)state;
    random_source source = {14};
    for (size_t at = 0; at < VF_LANES; ++at)
        for (int trial = 0; trial < 200; ++trial) {
            lanes a;
            float largest = -INFINITY;
            for (size_t i = 0; i < VF_LANES; ++i) {
                a.lane[i] = (float)(-1 - 100 * random_unit(&source));
                if (trial == 0 || trial % 16 == (int)i)
                    a.lane[i] = -INFINITY;
            }
            if (trial % 3)
                a.lane[at] = trial % 3 == 1 ? 0x1p-149F : INFINITY;
            for (size_t i = 0; i < VF_LANES; ++i)
                largest = a.lane[i] > largest ? a.lane[i] : largest;
            assert_int_equal(bits_of(vf_max_lanes(vector_of(&a))), bits_of(largest));
        }
}

/* Of every pattern of true lanes. */
static void counted_lanes(void **state) {
    (void)state;
    const vf zero = vf_set1(0.0F);
    for (unsigned bits = 0; bits < 1U << VF_LANES; bits += quick() ? 7 : 1) {
        lanes a;
        size_t count = 0, end = 0;
        for (size_t i = 0; i < VF_LANES; ++i) {
            const bool is = bits >> i & 1;
            a.lane[i] = is ? -1.0F : 1.0F;
            count += is;
            end = is ? i + 1 : end;
        }
        const vm m = vf_lt(vector_of(&a), zero);
        assert_int_equal(vm_count(m), count);
        assert_int_equal(vm_end(m), end);
    }
}

static void any_of_lanes(void **state) {
    (void)state;
    const vf zero = vf_set1(0.0F);
    assert_int_equal(vm_any(vf_lt(zero, zero)), 0);
    assert_int_equal(vm_any(vf_is_nan(zero)), 0);
    for (size_t at = 0; at < VF_LANES; ++at) {
        lanes a = {{0}};
        a.lane[at] = -1;
        assert_true(vm_any(vf_lt(vector_of(&a), zero)));
        assert_int_equal(vm_any(vf_is_nan(vector_of(&a))), 0);
        a.lane[at] = NAN;
        assert_true(vm_any(vf_is_nan(vector_of(&a))));
        assert_int_equal(vm_any(vf_lt(vector_of(&a), zero)), 0);
    }
}

static double tree_sum(const double *lane) {
    double sum[VF_LANES];
    memcpy(sum, lane, sizeof sum);
    for (size_t half = VF_LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; ++i)
            sum[i] += sum[i + half];
    return sum[0];
}

/* Other orders: the same lanes summed from the first to the last, and in a tree of neighbours. */
static double plain_sum(const double *lane) {
    double sum = 0;
    for (size_t i = 0; i < VF_LANES; ++i)
        sum += lane[i];
    return sum;
}
static double neighbour_sum(const double *lane) {
    double sum[VF_LANES];
    memcpy(sum, lane, sizeof sum);
    for (size_t n = VF_LANES / 2; n > 0; n /= 2)
        for (size_t i = 0; i < n; ++i)
            sum[i] = sum[2 * i] + sum[2 * i + 1];
    return sum[0];
}

/*
 * Exponents far apart and both signs: every addition rounds, so that the result depends on the
 * order.  At least the two other orders above must give a different result.
 */
static void sum_of_lanes(void **state) {
    (void)state;
    random_source source = {15};
    int plain_differs = 0, neighbours_differ = 0;
    enum { TRIALS = 1000 };
    for (int trial = 0; trial < TRIALS; ++trial) {
        vd d = vd_zero();
        double expected[VF_LANES] = {0};
        for (int addition = 0; addition < 3; ++addition) {
            lanes a;
            for (size_t i = 0; i < VF_LANES; ++i) {
                a.lane[i] = (float)((random_unit(&source) - 0.4) *
                                    ldexp(1.0, (int)random_below(&source, 60)));
                expected[i] += (double)a.lane[i];
            }
            d = vd_add(d, vector_of(&a));
        }
        double sum = vd_sum(d), tree = tree_sum(expected);
        assert_memory_equal(&sum, &tree, sizeof sum);
        plain_differs += plain_sum(expected) != tree;
        neighbours_differ += neighbour_sum(expected) != tree;
    }
    assert_true(plain_differs > TRIALS / 10 && neighbours_differ > TRIALS / 10);
}

/* Lane by lane, with 0 in the others: the product is exact, and the sum is rounded once. */
static void products_in_double(void **state) {
    (void)state;
    random_source source = {21};
    for (int trial = 0; trial < 5000; ++trial)
        for (size_t at = 0; at < VF_LANES; ++at) {
            lanes a = {{0}}, b = {{0}}, c = {{0}};
            for (lanes *l = &a; l; l = l == &a ? &b : l == &b ? &c : NULL)
                l->lane[at] = (float)ldexp(2 * random_unit(&source) - 1,
                                           (int)random_below(&source, l == &c ? 120 : 60) - 30);
            const double left = (double)a.lane[at], right = (double)b.lane[at];
            const double expected = fma(left, right, (double)c.lane[at]);
            const vd sum = vd_fma(vd_add(vd_zero(), vector_of(&c)), vector_of(&a), vector_of(&b));
            if (vd_sum(sum) != expected)
                fail_msg("vd_fma, lane %zu: %a * %a + %a is %a, should be %a", at, left, right,
                         (double)c.lane[at], vd_sum(sum), expected);
        }
    const vf one = vf_set1(1.0F);
    assert_true(isnan(vd_sum(vd_fma(vd_zero(), vf_set1(NAN), one))));
    assert_true(isinf(vd_sum(vd_fma(vd_zero(), vf_set1(INFINITY), one))));
}

/*
 * The debug build ends a program that breaks a word's contract; each of these breaks one.  A call
 * that ends in another way, or that returns, gives an exit status of 0.
 */
#ifdef ACT_DEBUG_KERNELS
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
#endif

/* Every number of the storage types, and floats at and beside every midpoint of two of them. */
static vh halves_from(uint16_t lane[VF_LANES], size_t i) {
    for (size_t k = 0; k < VF_LANES; ++k)
        lane[k] = (uint16_t)(i + k);
    return vh_load(lane);
}
static void check_storage(const half_type *t, vf from(vh), vh to(vf)) {
    for (size_t i = 0; i < HALF_INPUTS; i += VF_LANES) {
        uint16_t in[VF_LANES], out[VF_LANES], positive[VF_LANES];
        lanes exact, x = lanes_of(from(halves_from(in, i)));
        vh_store(positive, vh_relu(vh_load(in), t->infinity));
        for (size_t k = 0; k < VF_LANES; ++k) {
            const double value = half_value(t, in[k]);
            assert_true(same_bits(x.lane[k], (float)value));
            assert_int_equal(positive[k], value < 0 ? 0 : in[k]);
            exact.lane[k] = isfinite(value) ? (float)((value + half_value(t, in[k] ^ 1)) / 2) : 1;
        }
        for (int beside = -1; beside <= 1; ++beside) {
            for (size_t k = 0; k < VF_LANES; ++k)
                x.lane[k] =
                    beside ? nextafterf(exact.lane[k], (float)beside * INFINITY) : exact.lane[k];
            vh_store(out, to(vector_of(&x)));
            for (size_t k = 0; k < VF_LANES; ++k)
                assert_true(half_same(t, out[k], half_nearest(t, (long double)x.lane[k], 0)));
        }
    }
}
static vf from_f16(vh h) { return vf_from_f16(h); }
static vh to_f16(vf a) { return vf_to_f16(a); }
static vf from_bf16(vh h) { return vf_from_bf16(h); }
static vh to_bf16(vf a) { return vf_to_bf16(a); }
static void storage_types(void **state) {
    (void)state;
    check_storage(&half_types[HALF_TYPE_f16], from_f16, to_f16);
    check_storage(&half_types[HALF_TYPE_bf16], from_bf16, to_bf16);
    lanes a;
    fill_mixed(a.lane, VF_LANES, 1);
    random_source random = {1};
    for (int trial = 0; trial < 1000; ++trial) {
        uint16_t g[VF_LANES], h[VF_LANES];
        const int distance = (int)random_below(&random, 0x4000);
        unsigned differ = 0, near = 0;
        for (size_t k = 0; k < VF_LANES; ++k) {
            g[k] = (uint16_t)random_bits(&random);
            h[k] = random_below(&random, 2) ? g[k] : (uint16_t)random_bits(&random);
            const uint32_t bits = random_bits(&random);
            a.lane[k] = float_of(bits);
            differ |= (unsigned)(g[k] != h[k]) << k;
            near |= (unsigned)(abs((int)(bits & 0xFFFF) - 0x8000) <= distance) << k;
        }
        assert_int_equal(vh_differ(vh_load(g), vh_load(h)), differ);
        assert_int_equal(vf_near_midpoint(vector_of(&a), distance), near);
    }
}

int vocabulary_tests(const char *backend) {
#ifdef VF_SLEEF
    tested_backend = backend;
#else
    (void)backend;
#endif
    const struct CMUnitTest tests[] = {
#ifdef ACT_DEBUG_KERNELS
        cmocka_unit_test(contracts_are_asserted),
#endif
        cmocka_unit_test(words_on_specials),
        cmocka_unit_test(words_on_random_bits),
#ifdef VF_SLEEF
        cmocka_unit_test(exp_on_a_sample),
        cmocka_unit_test(exp_nonpositive),
        cmocka_unit_test(exp_in_a_range),
        cmocka_unit_test(exp_of_every_float),
        cmocka_unit_test(log1p_of_a_sum),
#endif
        cmocka_unit_test(exp_raises_nothing),
        cmocka_unit_test(exp_fast),
        cmocka_unit_test(small_numbers_flushed),
        cmocka_unit_test(products_of_small_numbers),
        cmocka_unit_test(unusual_lanes_are_found),
        cmocka_unit_test(rint_to_even),
        cmocka_unit_test(exponent_field),
        cmocka_unit_test(scale_by_powers),
        cmocka_unit_test(polynomials),
        cmocka_unit_test(no_contraction),
        cmocka_unit_test(set1),
        cmocka_unit_test(whole_loads_and_stores),
        cmocka_unit_test(partial_loads_and_stores),
        cmocka_unit_test(first_lanes),
        cmocka_unit_test(every_second_lane),
#ifdef VF_HAVE_STREAM
        cmocka_unit_test(stores_past_the_caches),
#endif
        cmocka_unit_test(storage_types),
        cmocka_unit_test(max_of_lanes),
        cmocka_unit_test(counted_lanes),
        cmocka_unit_test(any_of_lanes),
        cmocka_unit_test(sum_of_lanes),
        cmocka_unit_test(products_in_double),
        cmocka_unit_test(reductions_of_rows),
        cmocka_unit_test(sum_as_of_rows),
    };
    return cmocka_run_group_tests_name(VOCABULARY, tests, NULL, NULL);
}
