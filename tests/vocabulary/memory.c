/* Loads and stores at every offset from a guard page, on either side; the storage types. */
#include "vocabulary/lanes.h"

#include "kernels/stream.h"

#include <stdlib.h>

#include "support/guard.h"
#include "support/halves.h"

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

int vocabulary_memory(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_loads_and_stores),
        cmocka_unit_test(partial_loads_and_stores),
        cmocka_unit_test(first_lanes),
        cmocka_unit_test(every_second_lane),
#ifdef VF_HAVE_STREAM
        cmocka_unit_test(stores_past_the_caches),
#endif
        cmocka_unit_test(storage_types),
    };
    return cmocka_run_group_tests_name(VOCABULARY " memory", tests, NULL, NULL);
}
