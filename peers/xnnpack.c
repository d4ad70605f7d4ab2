/*
 * The peer "xnnpack": XNNPACK's operators, which choose their code by the processor.  Debian's
 * library does not export the micro-kernels of these functions, so operators are the only way to
 * call them.  The cost of a call (setup and run of an operator) is part of the figures.
 */
#include "adapter.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <xnnpack.h>

#define NAME "xnnpack"

/*
 * Name, operator, and its arguments except for the shape.  With relu's bounds, clamp uses XNNPACK's
 * ReLU kernel.
 */
#define FUNCTIONS(MAP, ROWS)                                                                       \
    MAP(sigmoid, sigmoid, )                                                                        \
    MAP(relu, clamp, , 0.0F, INFINITY)                                                             \
    MAP(leaky_relu, leaky_relu, , p)                                                               \
    MAP(relu6, clamp, , 0.0F, 6.0F)                                                                \
    MAP(clip, clamp, , p, 6.0F)                                                                    \
    MAP(hardtanh, clamp, , p, 1.0F)                                                                \
    MAP(hardswish, hardswish, )                                                                    \
    MAP(elu, elu, , p)                                                                             \
    ROWS(softmax, softmax, )
/* Of f16, whose clamp takes floats, too. */
#define FUNCTIONS_F16(MAP)                                                                         \
    MAP(leaky_relu, leaky_relu, , p)                                                               \
    MAP(relu6, clamp, , 0.0F, 6.0F)                                                                \
    MAP(clip, clamp, , p, 6.0F)                                                                    \
    MAP(hardtanh, clamp, , p, 1.0F)                                                                \
    MAP(hardswish, hardswish, )

enum {
#define SLOT(name, ...)     SLOT_##name,
#define SLOT_F16(name, ...) SLOT_##name##_f16,
    FUNCTIONS(SLOT, SLOT) FUNCTIONS_F16(SLOT_F16) SLOTS
};

/* An operator belongs to one parameter and row length, and holds the arrays of its next run. */
struct slot {
    xnn_operator_t op;
    size_t cols;
    float p;
};

/* One set per thread, freed when the thread ends. */
static _Thread_local struct slot *slots;
static pthread_key_t slots_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static enum xnn_status initialized;

static void check(const char *call, enum xnn_status status) {
    if (status != xnn_status_success) {
        peer_fail(NAME, call, (int)status);
    }
}

static void delete_slots(void *memory) {
    struct slot *all = memory;
    for (int i = 0; i < SLOTS; i++) {
        if (all[i].op != NULL) {
            (void)xnn_delete_operator(all[i].op);
        }
    }
    free(all);
}

static void initialize(void) {
    initialized = xnn_initialize(NULL);
    if (initialized == xnn_status_success && pthread_key_create(&slots_key, delete_slots) != 0) {
        initialized = xnn_status_out_of_memory;
    }
}

static const char *chosen(void) {
    (void)pthread_once(&once, initialize);
    return initialized == xnn_status_success ? peer_widest_isa() : NULL;
}

static struct slot *slot_of(int function) {
    if (slots == NULL) {
        (void)pthread_once(&once, initialize);
        check("xnn_initialize", initialized);
        slots = calloc(SLOTS, sizeof *slots);
        if (slots == NULL || pthread_setspecific(slots_key, slots) != 0) {
            check("a thread's memory", xnn_status_out_of_memory);
        }
    }
    return &slots[function];
}

static enum xnn_status create(int function, size_t cols, float p, xnn_operator_t *op) {
    switch (function) {
#define CREATE(name, operator, ...)                                                                \
    case SLOT_##name:                                                                              \
        return xnn_create_##operator##_nc_f32(cols, cols, cols __VA_ARGS__, 0, op);
        FUNCTIONS(CREATE, CREATE)
#define CREATE_F16(name, operator, ...)                                                            \
    case SLOT_##name##_f16:                                                                        \
        return xnn_create_##operator##_nc_f16(cols, cols, cols __VA_ARGS__, 0, op);
        FUNCTIONS_F16(CREATE_F16)
    default:
        return xnn_status_invalid_parameter;
    }
}

/* The operator of a function for that row length, to be set up for its arrays. */
static xnn_operator_t ready(int function, size_t cols, float p) {
    struct slot *slot = slot_of(function);
    if (slot->op == NULL || slot->cols != cols || slot->p != p) {
        if (slot->op != NULL) {
            (void)xnn_delete_operator(slot->op);
            slot->op = NULL;
        }
        check("xnn_create", create(function, cols, p, &slot->op));
        slot->cols = cols;
        slot->p = p;
    }
    return slot->op;
}

/* No thread pool: the calling thread does all the work. */
#define RUN(function, setup, rows, cols, p)                                                        \
    xnn_operator_t op = ready(function, cols, p);                                                  \
    check("xnn_setup", setup(op, rows, src, dst, NULL));                                           \
    check("xnn_run_operator", xnn_run_operator(op, NULL))

/* Rows of one element without gaps are one array to XNNPACK, so any n has the same operator. */
#define MAP(name, operator, ...)                                                                   \
    static void map_##name(float *dst, const float *src, size_t n, float p) {                      \
        RUN(SLOT_##name, xnn_setup_##operator##_nc_f32, n, 1, p);                                  \
    }
#define MAP_F16(name, operator, ...)                                                               \
    static void map_##name##_f16(uint16_t *dst, const uint16_t *src, size_t n, float p) {          \
        RUN(SLOT_##name##_f16, xnn_setup_##operator##_nc_f16, n, 1, p);                            \
    }
#define ROWS(name, operator, ...)                                                                  \
    static void rows_##name(float *dst, const float *src, size_t rows, size_t cols) {              \
        RUN(SLOT_##name, xnn_setup_##operator##_nc_f32, rows, cols, 0.0F);                         \
    }
FUNCTIONS(MAP, ROWS)
FUNCTIONS_F16(MAP_F16)

PEER_TABLE_OF(FUNCTIONS(PEER_TABLE_MAP, PEER_TABLE_ROWS) FUNCTIONS_F16(PEER_TABLE_MAP_F16))

extern const struct peer peer_xnnpack;
const struct peer peer_xnnpack = {NAME, NULL, chosen, functions};
