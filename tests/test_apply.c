/* Functions by value and by name: each equals its direct call; on an error dst is unchanged. */
#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdio.h>

#include "support/data.h"
#include "support/functions.h"
#include "support/harness.h"

enum { FLOATS = 77 };
static float x[FLOATS], dy[FLOATS], direct[FLOATS], applied[FLOATS];

static int fill(void **state) {
    (void)state;
    fill_mixed(x, FLOATS, 1);
    fill_uniform(x, FLOATS / 2, -8, 8, 2);
    fill_uniform(dy, FLOATS, -8, 8, 3);
    fill_uniform(applied, FLOATS, -8, 8, 4);
    memcpy(direct, applied, sizeof direct);
    return 0;
}

static void assert_same(const char *name) {
    for (size_t i = 0; i < FLOATS; ++i)
        if (!same_bits(direct[i], applied[i]))
            fail_msg("%s of %a: %a by value, %a directly", name, (double)x[i], (double)applied[i],
                     (double)direct[i]);
}

/* The section that is this function's gradient, or NULL. */
static const map_function *gradient_of(const map_function *f) {
    char name[64];
    (void)snprintf(name, sizeof name, "%s_grad", f->name);
    for (size_t i = 0; i < MAP_FUNCTIONS; ++i)
        if (map_functions[i]->pair && strcmp(map_functions[i]->name, name) == 0)
            return map_functions[i];
    return NULL;
}

static void each_is_its_direct_call(void **state) {
    (void)state;
    size_t count = 0;
    for (size_t i = 0; i < MAP_FUNCTIONS; ++i) {
        const map_function *f = map_functions[i], *gradient = gradient_of(f);
        if (f->pair)
            continue;
        ++count;
        act_function fn = act_function_from_name(f->name);
        assert_int_equal(fn, count);
        assert_string_equal(act_function_name(fn), f->name);
        act_params usual;
        const char *names[2];
        assert_int_equal(act_function_parameters(fn, NULL, NULL), f->parameters);
        assert_int_equal(act_function_parameters(fn, names, &usual), f->parameters);
        for (size_t k = 0; k < 2; ++k)
            assert_true((names[k] != NULL) == (k < f->parameters));
        assert_true(usual.first == f->usual[0] && usual.second == f->usual[1]);

        assert_int_equal(f->to(direct, x, FLOATS, f->usual), ACT_OK);
        assert_int_equal(act_apply_f32(fn, NULL, applied, x, FLOATS), ACT_OK);
        assert_same(f->name);
        const act_params other = {0.75F, 2.5F};
        assert_int_equal(f->to(direct, x, FLOATS, (const float[]){0.75F, 2.5F}), ACT_OK);
        assert_int_equal(act_apply_f32(fn, &other, applied, x, FLOATS), ACT_OK);
        assert_same(f->name);

        assert_int_equal(act_function_grad_input(fn) != ACT_GRAD_NONE, gradient != NULL);
        if (gradient) {
            const float *p = (const float[]){0.75F, 2.5F};
            assert_int_equal(gradient->pair->call(direct, dy, x, FLOATS, p), ACT_OK);
            assert_int_equal(act_apply_grad_f32(fn, &other, applied, dy, x, FLOATS), ACT_OK);
            assert_same(gradient->name);
        } else {
            fill(NULL);
            assert_int_equal(act_apply_grad_f32(fn, NULL, applied, dy, x, FLOATS),
                             ACT_ERROR_FUNCTION);
            assert_same(f->name);
        }
    }
    assert_null(act_function_name((act_function)(count + 1)));
}

static void no_such_function(void **state) {
    (void)state;
    static const char *const names[] = {NULL, "", "none", "relu ", "RELU", "softmax", "relu_grad"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i)
        assert_int_equal(act_function_from_name(names[i]), ACT_FUNCTION_NONE);
    static const int numbers[] = {0, 10000, -1};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; ++i) {
        act_function fn;
        memcpy(&fn, &numbers[i], sizeof fn);
        assert_int_equal(act_apply_f32(fn, NULL, applied, x, FLOATS), ACT_ERROR_FUNCTION);
        assert_int_equal(act_apply_grad_f32(fn, NULL, applied, dy, x, FLOATS), ACT_ERROR_FUNCTION);
        assert_same("none");
        assert_null(act_function_name(fn));
        assert_int_equal(act_function_parameters(fn, NULL, NULL), 0);
        assert_int_equal(act_function_grad_input(fn), ACT_GRAD_NONE);
    }
}

/* Calls f with those parameters in one of the possible ways; dst holds x. */
typedef act_status way(const map_function *f, float *dst, size_t n, const float *p);

static act_status directly(const map_function *f, float *dst, size_t n, const float *p) {
    return f->pair ? f->pair->call(dst, dy, x, n, p) : f->to(dst, x, n, p);
}
static act_status in_place(const map_function *f, float *dst, size_t n, const float *p) {
    return f->pair ? f->pair->call(dst, dy, dst, n, p) : f->in_place(dst, n, p);
}
/* Whether f is a function of one array, or its gradient: the others have no constant. */
static bool has_value(const map_function *f) {
    for (size_t i = 0; i < MAP_FUNCTIONS && f->pair; ++i)
        if (!map_functions[i]->pair && gradient_of(map_functions[i]) == f)
            return true;
    return !f->pair;
}
static act_status by_value(const map_function *f, float *dst, size_t n, const float *p) {
    const act_params params = {p[0], p[1]};
    for (size_t fn = 1; fn < ACT_FUNCTIONS; ++fn) {
        const char *name = act_function_name((act_function)fn);
        if (strcmp(name, f->name) == 0)
            return act_apply_f32((act_function)fn, &params, dst, x, n);
        const size_t length = strlen(name);
        if (strncmp(name, f->name, length) == 0 && strcmp(f->name + length, "_grad") == 0)
            return act_apply_grad_f32((act_function)fn, &params, dst, dy, x, n);
    }
    fail_msg("%s: no such function by value", f->name);
    return ACT_OK;
}

/* Each function refuses only the values that functions.def excludes, and then touches nothing. */
static void ranges(void **state) {
    (void)state;
    static const float edges[] = {0.0F,     -0.0F,    0x1p-149F, -0x1p-149F, -1.0F, FLT_MAX,
                                  -FLT_MAX, INFINITY, -INFINITY, NAN,        -NAN};
    static way *const ways[] = {directly, in_place, by_value};
    size_t refused = 0;
    for (size_t i = 0; i < MAP_FUNCTIONS; ++i)
        for (size_t k = 0; k < map_functions[i]->parameters; ++k)
            for (size_t e = 0; e < sizeof edges / sizeof edges[0]; ++e) {
                const map_function *f = map_functions[i];
                float p[MAX_PARAMETERS] = {f->usual[0], f->usual[1]};
                p[k] = edges[e];
                const bool good = in_range(f->range[k], edges[e]);
                refused += !good;
                memcpy(direct, x, sizeof direct);
                if (good)
                    assert_int_equal(directly(f, direct, FLOATS, p), ACT_OK);
                for (size_t w = 0; w < sizeof ways / sizeof ways[0]; ++w) {
                    if (ways[w] == by_value && !has_value(f))
                        continue;
                    memcpy(applied, x, sizeof applied);
                    const act_status expected = good ? ACT_OK : ACT_ERROR_PARAMETER;
                    if (ways[w](f, applied, FLOATS, p) != expected ||
                        ways[w](f, NULL, 0, p) != expected)
                        fail_msg("%s: parameter %zu is %a, which should be %s", f->name, k,
                                 (double)edges[e], act_status_string(expected));
                    assert_same(f->name);
                }
            }
    assert_true(refused > 0);
}

/* Two parameters are checked independently; one that the function does not have is ignored. */
static void unusual_parameters(void **state) {
    (void)state;
    static const struct {
        const char *name;
        act_params p;
    } taken[] = {
        {"clip", {-INFINITY, INFINITY}},
        {"clip", {2, 1}},
        {"clip", {1, 1}},
        {"hardtanh", {2, 1}},
        {"softplus", {100, 20}},
        {"softplus", {1, INFINITY}},
        {"elu", {0, 0}},
        {"silu", {0, 0}},
        {"thresholded_relu", {0, 0}},
        {"hardshrink", {-1, 0}},
        {"hardshrink", {INFINITY, 0}},
        {"softshrink", {-0x1p-149F, 0}},
        {"leaky_relu", {0.5F, NAN}},
    };
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; ++i) {
        const act_params p = taken[i].p;
        const act_function fn = act_function_from_name(taken[i].name);
        const map_function *f = map_functions[0];
        for (size_t k = 0; k < MAP_FUNCTIONS; ++k)
            if (strcmp(map_functions[k]->name, taken[i].name) == 0)
                f = map_functions[k];
        assert_int_equal(f->to(direct, x, FLOATS, (const float[]){p.first, p.second}), ACT_OK);
        assert_int_equal(act_apply_f32(fn, &p, applied, x, FLOATS), ACT_OK);
        assert_same(f->name);
        assert_int_equal(act_apply_grad_f32(fn, &p, applied, dy, x, FLOATS), ACT_OK);
    }
}

static void errors_of_the_call(void **state) {
    (void)state;
    assert_int_equal(act_apply_f32(ACT_FUNCTION_RELU, NULL, NULL, x, 3), ACT_ERROR_NULL);
    assert_int_equal(act_apply_f32(ACT_FUNCTION_RELU, NULL, NULL, NULL, 0), ACT_OK);
    assert_int_equal(act_apply_f32(ACT_FUNCTION_RELU, NULL, x + 1, x, 3), ACT_ERROR_OVERLAP);
    assert_int_equal(act_apply_grad_f32(ACT_FUNCTION_RELU, NULL, x + 1, dy, x, 3),
                     ACT_ERROR_OVERLAP);
}

/* The header's enumeration, in the order of the functions' names. */
static void enumeration(void **state) {
    (void)state;
    static const char prefix[] = "    ACT_FUNCTION_";
    FILE *header = fopen(HEADER, "r");
    assert_non_null(header);
    char line[200];
    size_t count = 0;
    while (fgets(line, sizeof line, header)) {
        if (strncmp(line, prefix, sizeof prefix - 1) != 0)
            continue;
        char *name = line + sizeof prefix - 1;
        name[strcspn(name, " ,\n")] = '\0';
        for (char *c = name; *c; ++c)
            *c = (char)tolower((unsigned char)*c);
        if (count > 0)
            assert_string_equal(act_function_name((act_function)count), name);
        ++count;
    }
    (void)fclose(header);
    assert_null(act_function_name((act_function)count));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_is_its_direct_call, fill),
        cmocka_unit_test_setup(no_such_function, fill),
        cmocka_unit_test_setup(ranges, fill),
        cmocka_unit_test_setup(unusual_parameters, fill),
        cmocka_unit_test_setup(errors_of_the_call, fill),
        cmocka_unit_test(enumeration),
    };
    return cmocka_run_group_tests_name("apply", tests, NULL, NULL);
}
