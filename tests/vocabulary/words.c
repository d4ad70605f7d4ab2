/* The words of arithmetic, for every pair of special values in every lane. */
#include "vocabulary/lanes.h"

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

/* A number of any size, small ones as often as all others; sometimes 0, an infinity or NaN. */
static float any_size(random_source *source) {
    const uint32_t sign = random_bits(source) << 31;
    const size_t kind = random_below(source, 16);
    if (kind == 0)
        return float_of(specials[random_below(source, SPECIALS)]);
    return float_of(sign |
                    (kind < 9 ? random_bits(source) >> (1 + kind) : random_bits(source) >> 1));
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

int vocabulary_words(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_on_specials),
        cmocka_unit_test(words_on_random_bits),
        cmocka_unit_test(small_numbers_flushed),
        cmocka_unit_test(products_of_small_numbers),
        cmocka_unit_test(unusual_lanes_are_found),
        cmocka_unit_test(rint_to_even),
        cmocka_unit_test(exponent_field),
        cmocka_unit_test(scale_by_powers),
        cmocka_unit_test(polynomials),
        cmocka_unit_test(no_contraction),
        cmocka_unit_test(set1),
    };
    return cmocka_run_group_tests_name(VOCABULARY " words", tests, NULL, NULL);
}
