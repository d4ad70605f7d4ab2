/* The lanes of a vector as one number, and their order of additions. */
#include "vocabulary/lanes.h"

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

int vocabulary_reductions(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(max_of_lanes),       cmocka_unit_test(counted_lanes),
        cmocka_unit_test(any_of_lanes),       cmocka_unit_test(sum_of_lanes),
        cmocka_unit_test(products_in_double), cmocka_unit_test(reductions_of_rows),
        cmocka_unit_test(sum_as_of_rows),
    };
    return cmocka_run_group_tests_name(VOCABULARY " reductions", tests, NULL, NULL);
}
