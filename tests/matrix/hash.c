/*
 * Prints a hash of the results of every function on every backend that runs here, for comparison
 * between builds.
 *
 * It is compiled with a parent project's options, which may include -Ofast.  So it does no
 * floating-point arithmetic: it makes and reads floats as bits.
 */
#include <fenv.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../../src/list.h"
#include "../../src/storage.def"
#include "act/act.h"

/* Long enough for all lengths of a tail, several vectors, and blocks of rows. */
enum { FLOATS = 6000, LENGTHS = 40 };

static float a[FLOATS], b[FLOATS], c[FLOATS], y[FLOATS], z[FLOATS];
/* The same bits as numbers of the storage types. */
static uint16_t h[2 * FLOATS], g[2 * FLOATS];
static uint64_t state, hash;

static uint32_t random_bits(void) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(state >> 32);
}

/* Alternating runs of 300: any bits; magnitudes between 2^-8 and 2^4 without specials. */
static void fill(float *x, uint64_t seed) {
    state = seed;
    for (size_t i = 0; i < FLOATS; ++i) {
        uint32_t bits = random_bits();
        if (i / 300 % 2)
            bits = (bits & 0x807FFFFF) | (119 + random_bits() % 12) << 23;
        memcpy(&x[i], &bits, sizeof bits);
    }
}

/* FNV-1a; all NaNs count as the same one. */
static void add_to_hash(const float *x, size_t n) {
    for (size_t i = 0; i < n; ++i) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        if ((bits & 0x7FFFFFFF) > 0x7F800000)
            bits = 0x7FC00000;
        for (int shift = 0; shift < 32; shift += 8)
            hash = (hash ^ (bits >> shift & 0xFF)) * 0x100000001B3;
    }
}

/* Runs the statement with n at every length of a tail and at FLOATS; results are in y and z. */
#define HASH(name, ...)                                                                            \
    static void hash_##name(void) {                                                                \
        hash = 0xCBF29CE484222325;                                                                 \
        for (size_t n = 1; n <= FLOATS; n = n < LENGTHS ? n + 1 : n < FLOATS ? FLOATS : n + 1) {   \
            memset(y, 0, sizeof y);                                                                \
            memset(z, 0, sizeof z);                                                                \
            __VA_ARGS__;                                                                           \
            add_to_hash(y, FLOATS);                                                                \
            add_to_hash(z, FLOATS);                                                                \
        }                                                                                          \
    }
/* The same with rows of n floats, as many as fit, at most 20. */
#define HASH_ROWS(name, ...)                                                                       \
    HASH(name, size_t rows = FLOATS / n < 20 ? FLOATS / n : 20; __VA_ARGS__)

/* Of a storage type: results are in h, and g has the operands. */
static uint16_t quiet(uint16_t bits, uint16_t infinity) {
    return (bits & 0x7FFF) > infinity ? 0x7FFF : bits;
}
static void add_halves(size_t n, uint16_t infinity) {
    for (size_t i = 0; i < n; ++i) {
        const uint16_t bits = quiet(h[i], infinity);
        hash = (hash ^ (bits & 0xFF)) * 0x100000001B3;
        hash = (hash ^ (bits >> 8 & 0xFF)) * 0x100000001B3;
    }
}
#define HASH_HALF(name, type, infinity, ...)                                                       \
    static void hash_##name##_##type(void) {                                                       \
        hash = 0xCBF29CE484222325;                                                                 \
        memcpy(g, a, sizeof a);                                                                    \
        for (size_t n = 1; n <= FLOATS; n = n < LENGTHS ? n + 1 : n < FLOATS ? FLOATS : n + 1) {   \
            memset(h, 0, sizeof h);                                                                \
            __VA_ARGS__;                                                                           \
            add_halves(FLOATS, infinity);                                                          \
        }                                                                                          \
    }
#define HASH_HALF_ROWS(name, type, infinity, ...)                                                  \
    HASH_HALF(name, type, infinity, size_t rows = FLOATS / n < 20 ? FLOATS / n : 20; __VA_ARGS__)

/* With the usual parameters and with others. */
static const float p = 0.75F, q = 1.5F;

/* Some options of attention rows. */
static const act_attention_rows *options_of(size_t cols) {
    static act_attention_rows o = ACT_ATTENTION_ROWS_INIT;
    o.scale = p;
    o.softcap = cols % 3 ? 0 : q;
    o.mask = cols % 2 ? b : NULL;
    o.mask_type = cols % 5 < 3 ? (act_mask_type)(cols % 5) : ACT_MASK_F32;
    o.mask_stride = cols;
    o.mask_rows = 3;
    o.rows_per_head = 4;
    o.slopes = cols % 7 ? NULL : c + 300;
    o.sinks = cols % 4 ? NULL : c + 310;
    o.causal = cols > 5;
    o.causal_offset = cols / 2;
    o.empty = ACT_EMPTY_ROWS_ZERO;
    return &o;
}
#define IGNORE (void)p, (void)q
#define MAP(name, params)                                                                          \
    HASH(name, IGNORE; (void)act_##name##_f32_to(y, a, n USUAL_##params);                          \
         (void)act_##name##_f32_to(z, a, n PASS_##params))
#define HALF_MAP(type, infinity, wide, name, params)                                               \
    HASH_HALF(name, type, infinity, IGNORE;                                                        \
              (void)act_##name##_##type##_to(h, g, n USUAL_##params);                              \
              (void)act_##name##_##type(h, n / 2 PASS_##params))
#define HALF_GATED(type, infinity, wide, name, params)                                             \
    HASH_HALF(name, type, infinity, (void)act_##name##_##type(h, g, g + FLOATS, n USUAL_##params))
#define HALF_ROWS(type, infinity, wide, name)                                                      \
    HASH_HALF_ROWS(name, type, infinity, (void)act_##name##_##type##_to(h, n, g, n, rows, n))
#define HALF_softmax_masked(type, infinity, wide, ...)                                             \
    HASH_HALF_ROWS(                                                                                \
        softmax_masked, type, infinity,                                                            \
        (void)act_softmax_masked_##type##_to(h, n, g, n, b, n, rows, n, p, ACT_EMPTY_ROWS_ZERO))
#define HALF_attention_softmax(type, infinity, wide, ...)                                          \
    HASH_HALF_ROWS(attention_softmax, type, infinity,                                              \
                   (void)act_attention_softmax_##type##_to(h, n, g, n, rows, n, options_of(n)))
#define HALF_logsumexp(type, infinity, wide, ...)                                                  \
    HASH_HALF_ROWS(logsumexp, type, infinity, (void)act_logsumexp_##type(h, g, n, rows, n))
#define GRAD(name, params)                                                                         \
    HASH(name##_grad, (void)act_##name##_grad_f32(y, b, a, n USUAL_##params);                      \
         (void)act_##name##_grad_f32(z, b, a, n PASS_##params))
#define ACT_MAP(name, of, params, types)                                                           \
    MAP(name, params)                                                                              \
    IF_GRAD_##of(GRAD(name, params)) IF_TYPE(HAS_HALF_##types, EACH_STORAGE(HALF_MAP, name, params))
#define HASH_PAIR(name, params) HASH(name, (void)act_##name##_f32(y, a, b, n USUAL_##params))
#define ACT_GATED(name, slope, params, types)                                                      \
    HASH_PAIR(name, params)                                                                        \
    HASH(name##_grad, (void)act_##name##_grad_f32(y, z, c, a, b, n USUAL_##params))                \
    IF_TYPE(HAS_HALF_##types, EACH_STORAGE(HALF_GATED, name, params))
#define ACT_PAIR(name, first, params, types)                                                       \
    HASH_PAIR(name, params) IF_TYPE(HAS_HALF_##types, EACH_STORAGE(HALF_GATED, name, params))
#define ACT_ROWS(name, types)                                                                      \
    HASH_ROWS(name, (void)act_##name##_f32_to(y, n, a, n, rows, n))                                \
    IF_TYPE(HAS_HALF_##types, EACH_STORAGE(HALF_ROWS, name))
#define ACT_ROWS_PAIR(name, types)                                                                 \
    HASH_ROWS(name, (void)act_##name##_f32(y, n, b, n, a, n, rows, n))
#define ACT_ROWS_OWN(name, types)                                                                  \
    HASH_ROWS(name, OWN_##name)                                                                    \
    IF_TYPE(HAS_HALF_##types, EACH_STORAGE_OF(name))
#define EACH_STORAGE_OF(name) EACH_STORAGE(HALF_##name, )
#define OWN_prelu             (void)act_prelu_f32_to(y, n, a, n, b, rows, n)
#define OWN_prelu_grad        (void)act_prelu_grad_f32(y, n, c, n, a, n, b, rows, n)
#define OWN_logsumexp         (void)act_logsumexp_f32(y, a, n, rows, n)
#define OWN_logsumexp_grad    (void)act_logsumexp_grad_f32(y, n, b, a, n, rows, n)
#define OWN_softmax_masked                                                                         \
    (void)act_softmax_masked_f32_to(y, n, a, n, b, n, rows, n, p, ACT_EMPTY_ROWS_ZERO)
#define OWN_softmax_masked_fast                                                                    \
    (void)act_softmax_masked_fast_f32_to(y, n, a, n, b, n, rows, n, p, ACT_EMPTY_ROWS_ZERO)
#define OWN_attention_softmax (void)act_attention_softmax_f32_to(y, n, a, n, rows, n, options_of(n))
#define OWN_attention_softmax_fast                                                                 \
    (void)act_attention_softmax_fast_f32_to(y, n, a, n, rows, n, options_of(n))
#define OWN_attention_softmax_grad                                                                 \
    act_attention_rows o = *options_of(n);                                                         \
    o.softcap = 0;                                                                                 \
    (void)act_attention_softmax_grad_f32(y, n, b, n, a, n, rows, n, &o)
#define OWN_softmax_masked_grad (void)act_softmax_masked_grad_f32(y, n, b, n, a, n, rows, n, p)
#include "../../src/functions.def"

/* Over another axis, and of one row: not in the list. */
#define COLUMNS(function) (void)act_##function##_f32_to(y, a, n % 3 + 1, FLOATS / n / 3, n)
HASH(softmax_columns, COLUMNS(softmax_columns))
HASH(log_softmax_columns, COLUMNS(log_softmax_columns))
HASH(logsumexp_columns, (void)act_logsumexp_columns_f32(y, a, n % 3 + 1, FLOATS / n / 3, n))
#define CHANNELS FLOATS / n / 3, n % 3 + 1, n
HASH(prelu_channels, (void)act_prelu_channels_f32_to(y, a, b, CHANNELS))
HASH(prelu_channels_grad, (void)act_prelu_channels_grad_f32(y, c, a, b, CHANNELS))
HASH(prelu_slope_grad, memset(y, 0, sizeof y); (void)act_prelu_slope_grad_f32(y, b, a, CHANNELS))
HASH(xielu, (void)act_xielu_f32_to(y, a, n, 0.8F, 1.3F, 0.5F, -1e-6F))
HASH(xielu_grad, (void)act_xielu_grad_f32(y, b, a, n, 0.8F, 1.3F, 0.5F, -1e-6F))
HASH_ROWS(softmin, (void)act_softmin_f32_to(y, n, a, n, rows, n))
HASH(max, (void)act_max_f32(b + 300, n % 300, y))
HASH(exp_sum, double sum; (void)act_exp_sum_f32_to(y, a, n, c[n % 600], &sum))

/* The functions of double, of the floats' bits in pairs; only where the library has them. */
enum { DOUBLES = FLOATS / 2 };
static double a64[DOUBLES], b64[DOUBLES], y64[DOUBLES];
static void add_doubles_to_hash(void) {
    for (size_t i = 0; i < DOUBLES; ++i) {
        uint64_t bits;
        memcpy(&bits, &y64[i], sizeof bits);
        if ((bits & 0x7FFFFFFFFFFFFFFF) > 0x7FF0000000000000)
            bits = 0x7FF8000000000000;
        for (int shift = 0; shift < 64; shift += 8)
            hash = (hash ^ (bits >> shift & 0xFF)) * 0x100000001B3;
    }
}
#define HASH_F64(name, ...)                                                                        \
    static void hash_##name##_f64(void) {                                                          \
        hash = 0xCBF29CE484222325;                                                                 \
        for (size_t n = 1; n <= DOUBLES; n = n < LENGTHS   ? n + 1                                 \
                                             : n < DOUBLES ? DOUBLES                               \
                                                           : n + 1) {                              \
            const size_t rows = DOUBLES / n < 20 ? DOUBLES / n : 20;                               \
            memset(y64, 0, sizeof y64);                                                            \
            __VA_ARGS__;                                                                           \
            (void)rows;                                                                            \
            add_doubles_to_hash();                                                                 \
        }                                                                                          \
    }
#define ACT_MAP(name, of, params, types)                                                           \
    IF_TYPE(HAS_F64_##types,                                                                       \
            HASH_F64(name, IGNORE; (void)act_##name##_f64_to(y64, a64, n PASS_##params)))          \
    IF_TYPE(HAS_F64_GRAD_##types,                                                                  \
            HASH_F64(name##_grad, (void)act_##name##_grad_f64(y64, b64, a64, n PASS_##params)))
#define ACT_GATED(name, slope, params, types)                                                      \
    IF_TYPE(HAS_F64_##types,                                                                       \
            HASH_F64(name, (void)act_##name##_f64(y64, a64, b64, n PASS_##params)) HASH_F64(       \
                name##_grad, (void)act_##name##_grad_f64(y64, y64 + n / 2, b64, a64, b64 + n / 2,  \
                                                         n / 2 PASS_##params)))
#define ACT_PAIR(name, first, params, types)                                                       \
    IF_TYPE(HAS_F64_##types, HASH_F64(name, (void)act_##name##_f64(y64, b64, a64, n PASS_##params)))
#define ACT_ROWS(name, types)                                                                      \
    IF_TYPE(HAS_F64_##types, HASH_F64(name, (void)act_##name##_f64_to(y64, n, a64, n, rows, n)))
#define ACT_ROWS_PAIR(name, types)                                                                 \
    IF_TYPE(HAS_F64_##types,                                                                       \
            HASH_F64(name, (void)act_##name##_f64(y64, n, b64, n, a64, n, rows, n)))
#define ACT_ROWS_OWN(name, types) IF_TYPE(HAS_F64_##types, HASH_F64(name, OWN_F64_##name))
#define OWN_F64_logsumexp         (void)act_logsumexp_f64(y64, a64, n, rows, n)
#define OWN_F64_logsumexp_grad    (void)act_logsumexp_grad_f64(y64, n, b64, a64, n, rows, n)
#define OWN_F64_softmax_masked                                                                     \
    (void)act_softmax_masked_f64_to(y64, n, a64, n, b64, 0, rows, n, 0.5, ACT_EMPTY_ROWS_ZERO)
#define OWN_F64_softmax_masked_grad                                                                \
    (void)act_softmax_masked_grad_f64(y64, n, b64, n, a64, n, rows, n, 0.5)
#define OWN_F64_prelu (void)act_prelu_f64_to(y64, n, a64, n, b64, rows, n)
#define OWN_F64_prelu_grad                                                                         \
    (void)act_prelu_grad_f64(y64, n, b64, n, a64, n, b64 + 7 % (DOUBLES - n + 1), rows, n)
#include "../../src/functions.def"
#define COLUMNS_F64(function) (void)act_##function##_f64_to(y64, a64, n % 3 + 1, DOUBLES / n / 3, n)
HASH_F64(softmax_columns, COLUMNS_F64(softmax_columns))
HASH_F64(log_softmax_columns, COLUMNS_F64(log_softmax_columns))
HASH_F64(logsumexp_columns,
         (void)act_logsumexp_columns_f64(y64, a64, n % 3 + 1, DOUBLES / n / 3, n))

static const struct {
    const char *name;
    void (*run)(void);
} hashes_f64[] = {
#define ENTRY_F64(name) {#name "_f64", hash_##name##_f64},
#define ACT_MAP(name, of, params, types)                                                           \
    IF_TYPE(HAS_F64_##types, ENTRY_F64(name)) IF_TYPE(HAS_F64_GRAD_##types, ENTRY_F64(name##_grad))
#define ACT_GATED(name, slope, params, types)                                                      \
    IF_TYPE(HAS_F64_##types, ENTRY_F64(name) ENTRY_F64(name##_grad))
#define ACT_PAIR(name, first, params, types) IF_TYPE(HAS_F64_##types, ENTRY_F64(name))
#define ACT_ROWS(name, types)                IF_TYPE(HAS_F64_##types, ENTRY_F64(name))
#define ACT_ROWS_PAIR(name, types)           IF_TYPE(HAS_F64_##types, ENTRY_F64(name))
#define ACT_ROWS_OWN(name, types)            IF_TYPE(HAS_F64_##types, ENTRY_F64(name))
#include "../../src/functions.def"
    ENTRY_F64(softmax_columns) ENTRY_F64(log_softmax_columns) ENTRY_F64(logsumexp_columns)};

static const struct {
    const char *name;
    void (*run)(void);
} hashes[] = {
#define ENTRY(name)                            {#name, hash_##name},
#define HALF_ENTRY(type, infinity, wide, name) {#name "_" #type, hash_##name##_##type},
#define HALF_ENTRIES(name, types)              IF_TYPE(HAS_HALF_##types, EACH_STORAGE(HALF_ENTRY, name))
#define ACT_MAP(name, of, params, types)                                                           \
    ENTRY(name) IF_GRAD_##of(ENTRY(name##_grad)) HALF_ENTRIES(name, types)
#define ACT_GATED(name, slope, params, types)                                                      \
    ENTRY(name) ENTRY(name##_grad) HALF_ENTRIES(name, types)
#define ACT_PAIR(name, first, params, types) ENTRY(name) HALF_ENTRIES(name, types)
#define ACT_ROWS(name, types)                ENTRY(name) HALF_ENTRIES(name, types)
#define ACT_ROWS_PAIR(name, types)           ENTRY(name)
#define ACT_ROWS_OWN(name, types)            ENTRY(name) HALF_ENTRIES(name, types)
#include "../../src/functions.def"
    ENTRY(softmax_columns) ENTRY(log_softmax_columns) ENTRY(logsumexp_columns) ENTRY(max)
        ENTRY(xielu) ENTRY(xielu_grad) ENTRY(prelu_channels) ENTRY(prelu_channels_grad)
            ENTRY(prelu_slope_grad) ENTRY(softmin) ENTRY(exp_sum)};

static void print_hash(const char *backend, const char *name) {
    printf("%s %s %08lx%08lx\n", backend, name, (unsigned long)(hash >> 32),
           (unsigned long)(hash & 0xFFFFFFFF));
}

int main(void) {
    /* With -Ofast the linker adds code that flushes subnormal numbers in the whole program. */
    fesetenv(FE_DFL_ENV);
    fill(a, 1);
    fill(b, 2);
    fill(c, 3);
    memcpy(a64, a, sizeof a64);
    memcpy(b64, b, sizeof b64);
    const int has_f64 = act_relu_f64(y64, 0) == ACT_OK;
    const char *names[16];
    const size_t backends = act_backends(names, 16);
    for (size_t k = 0; k < backends; ++k) {
        if (act_set_backend(names[k]) != ACT_OK)
            return 1;
        for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; ++i) {
            hashes[i].run();
            print_hash(names[k], hashes[i].name);
        }
        for (size_t i = 0; has_f64 && i < sizeof hashes_f64 / sizeof hashes_f64[0]; ++i) {
            hashes_f64[i].run();
            print_hash(names[k], hashes_f64[i].name);
        }
    }
    return 0;
}
