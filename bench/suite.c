/*
 * act_bench: every function on every backend that runs here, over sizes from one float to beyond
 * the last-level cache, with yardsticks in the same run.
 *
 *   FUNCTION_f32/BACKEND/SIZE[/inplace][/DATASET]     SIZE is n, or ROWSxCOLS
 *   FUNCTION_f16/BACKEND/SIZE[/inplace][/DATASET]     and bf16 and f64: the same numbers, converted
 *   FUNCTION_f32/PEER/SIZE[/DATASET]   memcpy/SIZE   copy/BACKEND/SIZE
 *
 * The functions (functions.c) come from functions.def, so a new one is measured without a change
 * here, unless it has a signature of its own.
 */
#include "bench.h"
#include "peers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- peers ---------------------------------------------------------------------------------- */

#define PEER_LOOP(kind, ...)                                                                       \
    static act_status peer_##kind##_to(const struct bench_subject *subject, uint64_t times,        \
                                       void *dst, const void *src, size_t rows, size_t cols) {     \
        (void)rows;                                                                                \
        peer_##kind *const call = subject->peer->kind;                                             \
        for (uint64_t i = 0; i < times; i++) {                                                     \
            call(dst, src, __VA_ARGS__);                                                           \
            gb_clobber();                                                                          \
        }                                                                                          \
        return ACT_OK;                                                                             \
    }
PEER_LOOP(map, cols, subject->parameter)
PEER_LOOP(map_f16, cols, subject->parameter)
PEER_LOOP(map_f64, cols, (double)subject->parameter)
PEER_LOOP(rows, rows, cols)
PEER_LOOP(rows_f64, rows, cols)

static bench_to *peer_loop(const struct peer_function *f) {
    return f->map != NULL       ? peer_map_to
           : f->rows != NULL    ? peer_rows_to
           : f->map_f16 != NULL ? peer_map_f16_to
           : f->map_f64 != NULL ? peer_map_f64_to
                                : peer_rows_f64_to;
}

/* ---- yardsticks ----------------------------------------------------------------------------- */

static act_status memcpy_to(const struct bench_subject *subject, uint64_t times, void *dst,
                            const void *src, size_t rows, size_t cols) {
    (void)subject;
    for (uint64_t i = 0; i < times; i++) {
        memcpy(dst, src, rows * cols * sizeof(float));
        gb_clobber();
    }
    return ACT_OK;
}

static const struct bench_subject memory = {
    "memcpy", NULL, NULL, BENCH_ARRAYS | BENCH_ROWS, 0.0F, memcpy_to, NULL, NULL, &bench_floats};

static const struct bench_subject copies[] = {
#define BENCH_COPY(backend)                                                                        \
    {"copy", NULL, #backend,     BENCH_ARRAYS | BENCH_ROWS, 0.0F, bench_copy_##backend,            \
     NULL,   NULL, &bench_floats},
#include "copies.def"
    {NULL, NULL, NULL, 0, 0.0F, NULL, NULL, NULL, NULL},
};

/* ---- what they work on ---------------------------------------------------------------------- */

enum { MANY = BENCH_ARRAYS | BENCH_MANY };

/* 2048 floats in and out are in every L1, 64K in L2; 16M are 128 MiB, beyond most caches. */
static const struct shape {
    unsigned kind;
    size_t rows, cols;
} shapes[] = {
    {BENCH_ARRAYS, 1, 1},     {BENCH_FEW, 1, 2},          {BENCH_FEW, 1, 4},
    {BENCH_FEW, 1, 8},        {BENCH_ARRAYS, 1, 16},      {BENCH_ARRAYS, 1, 64},
    {BENCH_ARRAYS, 1, 256},   {BENCH_ARRAYS, 1, 2048},    {BENCH_ARRAYS, 1, 8192},
    {BENCH_ARRAYS, 1, 65536}, {BENCH_ARRAYS, 1, 1 << 18}, {BENCH_ARRAYS, 1, 1 << 20},
    {MANY, 1, 4 << 20},       {MANY, 1, 16 << 20},        {MANY, 1, 64 << 20},
    {BENCH_ROWS, 1, 10},      {BENCH_ROWS, 1, 16},        {BENCH_ROWS, 1, 64},
    {BENCH_ROWS, 2, 16},      {BENCH_ROWS, 1, 1000},      {BENCH_ROWS, 64, 64},
    {BENCH_ROWS, 64, 1000},   {BENCH_ROWS, 1000, 3},      {BENCH_ROWS, 4096, 16},
    {BENCH_ROWS, 16, 32768},  {BENCH_ROWS, 512, 512},
};

static size_t largest = 16 << 20; /* floats; --large: 64M, half a gigabyte in all */

/*
 * Uniform in [low, high), but every so many-th element in [its_low, its_high); the same numbers in
 * every run.  The first set is for all, its signs are random.
 *
 * Those for one function make most results subnormal; results of softmax are relative to the
 * largest element of a row, so there some are 0.
 *
 * The mixed ones hold what may send a vector another way: a third of the elements beyond 13.2,
 * where GELU ends; one in each vector at -95, where exp is subnormal; one that is subnormal itself;
 * and -inf, as masks have it.  They are for every function of the library, at one size in the
 * caches.
 */
static struct dataset {
    const char *suffix;
    const char
        *function; /* NULL: every function, and if it is not mixed every yardstick and peer */
    float low, high;
    size_t every; /* 0: none is apart */
    float its_low, its_high;
    bool mixed;
    float *data;
    size_t filled;
    uint64_t random;
} datasets[] = {
#define DATASET(suffix, function, low, high, every, its_low, its_high, mixed)                      \
    { suffix, function, low, high, every, its_low, its_high, mixed, NULL, 0, 1 }
    DATASET("", NULL, -8.0F, 8.0F, 0, 0.0F, 0.0F, false),
    DATASET("/subnormal", "sigmoid_f32", -103.0F, -87.4F, 0, 0.0F, 0.0F, false),
    DATASET("/subnormal", "leaky_relu_f32", -0x1p-126F, 0.0F, 0, 0.0F, 0.0F, false),
    DATASET("/subnormal", "softmax_f32", -100.0F, -87.4F, 16, 0.0F, 0.0F, false),
    DATASET("/mixed-far", NULL, -20.0F, 20.0F, 0, 0.0F, 0.0F, true),
    DATASET("/mixed-95", NULL, -8.0F, 8.0F, 16, -95.0F, -95.0F, true),
    DATASET("/mixed-subnormal", NULL, -8.0F, 8.0F, 16, -0x1p-127F, 0x1p-127F, true),
    DATASET("/mixed-inf", NULL, -8.0F, 8.0F, 4, -INFINITY, -INFINITY, true),
};

/* Whether a subject is measured at a shape: at few floats those for which the call is the cost. */
static bool has_shape(const struct bench_subject *subject, const struct shape *shape) {
    if (shape->kind == BENCH_FEW) {
        return strcmp(subject->function, "relu_f32") == 0 ||
               strcmp(subject->function, "leaky_relu_f32") == 0;
    }
    return (shape->kind & subject->shapes) != 0;
}

/* Whether a subject is measured on a set at a shape. */
static bool on_dataset(const struct bench_subject *subject, const struct dataset *set,
                       const struct shape *shape) {
    if (set->mixed) {
        const bool in_caches =
            (shape->rows == 1 && shape->cols == 2048) || (shape->rows == 64 && shape->cols == 1000);
        return in_caches && subject->name != NULL && subject->peer == NULL;
    }
    return set->function == NULL || strcmp(set->function, subject->function) == 0;
}

static float *output;

/*
 * Huge pages take page walks, and the luck of physical addresses in the cache, out of the figures.
 * Memory that is never touched costs nothing, so all sizes share one buffer of the largest.
 */
static float *allocate(void) {
    const size_t huge = (size_t)2 << 20;
    const size_t bytes = ((largest + PEERS_SLACK) * sizeof(float) + huge - 1) / huge * huge;
    float *buffer = aligned_alloc(huge, bytes);
    if (buffer == NULL) {
        (void)fprintf(stderr, "act_bench: no memory for %zu bytes\n", bytes);
        exit(EXIT_FAILURE);
    }
#ifdef MADV_HUGEPAGE
    (void)madvise(buffer, bytes, MADV_HUGEPAGE);
#endif
    return buffer;
}

static const float *input(struct dataset *set, size_t floats) {
    if (set->data == NULL) {
        set->data = allocate();
    }
    for (; set->filled < floats; set->filled++) {
        set->random = set->random * 6364136223846793005U + 1442695040888963407U;
        const float unit = (float)(set->random >> 40) * 0x1p-24F;
        const bool apart = set->every > 0 && set->filled % set->every == 0;
        const float low = apart ? set->its_low : set->low;
        const float high = apart ? set->its_high : set->high;
        /* Of two infinities there is no difference. */
        set->data[set->filled] = low == high ? low : low + (high - low) * unit;
    }
    return set->data;
}

/* ---- measuring ------------------------------------------------------------------------------ */

enum { ARG_ROWS, ARG_COLS, ARG_BACKEND, ARG_DATASET, ARGS };
enum { NO_BACKEND = -1, MAX_BACKENDS = 16 };

static const char *backends[MAX_BACKENDS];
static size_t backend_count;
static bool failed;

/* The input in the subject's type; NULL if it could not be made. */
static const void *typed_input(const struct bench_subject *subject, struct dataset *set, size_t n) {
    copied_from = input(set, n);
    if (subject->type->convert == NULL) {
        return copied_from;
    }
    return subject->type->convert(second, copied_from, n) == ACT_OK ? second : NULL;
}

static void make_masks(const struct bench_subject *subject, size_t rows, size_t cols) {
    static size_t made_rows, made_cols;
    if ((subject->shapes & BENCH_ROWS) == 0 || (rows == made_rows && cols == made_cols)) {
        return;
    }
    made_rows = rows;
    made_cols = cols;
    memset(mask_of_zeros, 0, rows * cols * sizeof(double));
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < cols; c++) {
            mask_causal[r * cols + c] = c <= r ? 0.0F : -INFINITY;
        }
    }
}

static act_status measure_to(gb_state *state, const struct bench_subject *subject,
                             struct dataset *set, size_t rows, size_t cols) {
    const void *src = typed_input(subject, set, rows * cols);
    make_masks(subject, rows, cols);
    if (src == NULL) {
        return ACT_ERROR_SIZE;
    }
    /* The first call is not measured: it gets the pages and warms the caches. */
    act_status status = subject->to(subject, 1, output, src, rows, cols);
    if (status == ACT_OK) {
        const uint64_t times = gb_start(state);
        status = subject->to(subject, times, output, src, rows, cols);
        gb_stop(state);
    }
    return status;
}

/* Nanoseconds.  Not a double of seconds: after a year of uptime that steps by 4 ns. */
static int64_t now(clockid_t clock) {
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* A time that much above the least is an interruption's; a microsecond may be the clock's tick. */
static bool interrupted(int64_t spent, int64_t least) { return (spent - 1000) / 4 > least; }

/*
 * What two readings of the clock are apart with nothing between them: a mean, as there are clocks
 * that tick in steps of 10 ns and more.
 */
static double clock_cost(clockid_t clock) {
    int64_t least = INT64_MAX;
    double sum = 0.0;
    int counted = 0;
    for (int i = 0; i < 2000; i++) {
        const int64_t start = now(clock);
        const int64_t spent = now(clock) - start;
        least = spent < least ? spent : least;
        /* The first half is there to find the least. */
        if (i >= 1000 && !interrupted(spent, least)) {
            sum += (double)spent;
            counted++;
        }
    }
    return counted > 0 ? sum / counted : 0.0;
}

/*
 * A kernel that runs again on its own output soon runs on other data: sigmoids settle at 0.66, and
 * no negative number survives a ReLU.  So a lot of fresh arrays is laid out, the clock runs while
 * each is used once, and so on.  A lot is 16 KiB: it stays in L1, and as one call of a small array
 * is shorter than the clock can see, it holds many of those.
 *
 * The clock of the processor's time, which Google Benchmark uses for all the rest, takes a system
 * call of 600 ns.  That is too much around such a lot; there it is the clock on the wall, and a lot
 * that another process interrupted does not count.
 */
static act_status measure_in_place(gb_state *state, const struct bench_subject *subject,
                                   struct dataset *set, size_t rows, size_t cols) {
    enum { LOT_BYTES = 16384, LINE_BYTES = 64 };
    const size_t size = subject->type->size, line = LINE_BYTES / size;
    const size_t stride = (rows * cols + line - 1) / line * line, bytes = stride * size;
    const size_t lot = bytes < LOT_BYTES ? LOT_BYTES / bytes : 1;
    const clockid_t clock = bytes > LOT_BYTES ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
    const double cost = clock_cost(clock);
    const void *src = typed_input(subject, set, lot * stride);
    act_status status = src != NULL ? ACT_OK : ACT_ERROR_SIZE;
    make_masks(subject, rows, cols);
    int64_t least = INT64_MAX;
    double sum = 0.0;
    uint64_t times = 0;
    uint64_t counted = 0;
    const uint64_t wanted = gb_start(state);
    for (uint64_t left = wanted; left > 0 && status == ACT_OK; left -= times) {
        times = left < lot ? left : lot;
        memcpy(output, src, times * bytes);
        gb_keep(output);
        const int64_t start = now(clock);
        status = subject->in_place(times, output, stride, rows, cols);
        const int64_t spent = now(clock) - start;
        least = spent < least ? spent : least;
        if (!interrupted(spent, least)) {
            sum += (double)spent - cost;
            counted += times;
        }
    }
    gb_stop(state);
    const double nanoseconds = counted > 0 ? sum * (double)wanted / (double)counted : 0.0;
    gb_set_seconds(state, (nanoseconds > 1.0 ? nanoseconds : 1.0) * 1e-9);
    return status;
}

typedef act_status measure(gb_state *, const struct bench_subject *, struct dataset *, size_t,
                           size_t);

static void run(gb_state *state, const struct bench_subject *subject, measure *way) {
    const size_t rows = (size_t)gb_arg(state, ARG_ROWS);
    const size_t cols = (size_t)gb_arg(state, ARG_COLS);
    const int64_t backend = gb_arg(state, ARG_BACKEND);
    const char *before = act_backend();
    act_status status = backend == NO_BACKEND ? ACT_OK : act_set_backend(backends[backend]);
    if (status == ACT_OK) {
        status = way(state, subject, &datasets[gb_arg(state, ARG_DATASET)], rows, cols);
    }
    act_set_backend(before);
    if (status != ACT_OK) {
        failed = true;
        gb_skip(state, act_status_string(status));
        return;
    }
    const uint64_t floats = gb_iterations(state) * rows * cols;
    gb_set_items(state, floats);
    gb_set_bytes(state, floats * 2 * subject->type->size);
    gb_set_counter(state, "ns_per_float", (double)floats * 1e-9, GB_SECONDS_PER_ONE);
}

static void run_to(gb_state *state, const void *subject) { run(state, subject, measure_to); }

static void run_in_place(gb_state *state, const void *subject) {
    run(state, subject, measure_in_place);
}

/* ---- registering ---------------------------------------------------------------------------- */

static void add_one(const struct bench_subject *subject, const char *variant, int64_t backend,
                    const struct shape *shape, size_t set) {
    char size[64];
    if (shape->kind == BENCH_ROWS) {
        (void)snprintf(size, sizeof size, "%zux%zu", shape->rows, shape->cols);
    } else {
        (void)snprintf(size, sizeof size, "%zu", shape->cols);
    }
    const int64_t args[ARGS] = {(int64_t)shape->rows, (int64_t)shape->cols, backend, (int64_t)set};
    const int places = subject->in_place != NULL && !datasets[set].mixed ? 2 : 1;
    for (int place = 0; place < places; place++) {
        char name[256];
        (void)snprintf(name, sizeof name, "%s%s%s/%s%s%s", subject->function,
                       variant != NULL ? "/" : "", variant != NULL ? variant : "", size,
                       place == 0 ? "" : "/inplace", datasets[set].suffix);
        gb_register(name, place == 0 ? run_to : run_in_place, subject, args, ARGS,
                    place == 0 ? 0 : GB_MANUAL_TIME);
    }
}

static void add(const struct bench_subject *subject, const char *variant, int64_t backend) {
    for (size_t i = 0; i < COUNT(shapes); i++) {
        const size_t bytes = shapes[i].rows * shapes[i].cols * subject->type->size;
        if (!has_shape(subject, &shapes[i]) || bytes > largest * sizeof(float)) {
            continue;
        }
        for (size_t set = 0; set < COUNT(datasets); set++) {
            if (on_dataset(subject, &datasets[set], &shapes[i])) {
                add_one(subject, variant, backend, &shapes[i], set);
            }
        }
    }
}

static bool available(const char *backend) {
    for (size_t i = 0; i < backend_count; i++) {
        if (strcmp(backends[i], backend) == 0) {
            return true;
        }
    }
    return false;
}

/* Google Benchmark keeps pointers to the subjects, so they live as long as the program. */
static struct bench_subject *peer_subjects;

static void add_peers(void) {
    size_t count = 0;
    while (peers[count] != NULL) {
        count++;
    }
    if (count == 0) {
        return;
    }
    peer_subjects = calloc(count * bench_function_count, sizeof *peer_subjects);
    if (peer_subjects == NULL) {
        (void)fprintf(stderr, "act_bench: no memory\n");
        exit(EXIT_FAILURE);
    }
    struct bench_subject *next = peer_subjects;
    for (size_t i = 0; i < bench_function_count; i++) {
        for (size_t k = 0; k < count; k++) {
            const struct peer_function *f = peer_find(peers[k], bench_functions[i].name);
            if (f == NULL || peer_isa(peers[k]) == NULL || !bench_supported(&bench_functions[i])) {
                continue;
            }
            *next = bench_functions[i];
            next->variant = peers[k]->name;
            next->to = peer_loop(f);
            next->in_place = NULL;
            next->peer = f;
            add(next, next->variant, NO_BACKEND);
            next++;
        }
    }
}

static void add_all(void) {
    add(&memory, NULL, NO_BACKEND);
    for (const struct bench_subject *s = copies; s->function != NULL; s++) {
        if (available(s->variant)) {
            add(s, s->variant, NO_BACKEND);
        }
    }
    add_peers();
    for (size_t i = 0; i < bench_function_count; i++) {
        for (size_t k = 0; k < backend_count && bench_supported(&bench_functions[i]); k++) {
            add(&bench_functions[i], backends[k], (int64_t)k);
        }
    }
}

int main(int argc, char **argv) {
    int kept = 1;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--large") == 0) {
            largest = 64 << 20;
        } else {
            argv[kept++] = argv[i];
        }
    }
    argc = kept;
    if (!gb_initialize(&argc, argv)) {
        return EXIT_FAILURE;
    }
    output = allocate();
    second = allocate();
    mask_of_zeros = allocate();
    mask_causal = allocate();
    backend_count = act_backends(backends, MAX_BACKENDS);
    backend_count = backend_count < MAX_BACKENDS ? backend_count : MAX_BACKENDS;
    bench_context(backends, backend_count);
    add_all();
    if (gb_run() == 0) {
        failed = true;
    }
    gb_shutdown();
    free(output);
    free(second);
    free(mask_of_zeros);
    free(mask_causal);
    free(peer_subjects);
    for (size_t i = 0; i < COUNT(datasets); i++) {
        free(datasets[i].data);
    }
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
