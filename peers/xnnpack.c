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

enum {
#define SLOT(name, ...) SLOT_##name,
    FUNCTIONS(SLOT, SLOT) SLOTS
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
    default:
        return xnn_status_invalid_parameter;
    }
}

typedef enum xnn_status setup_function(xnn_operator_t, size_t, const float *, float *,
                                       pthreadpool_t);

static void run(int function, setup_function *setup, float *dst, const float *src, size_t rows,
                size_t cols, float p) {
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
    /* No thread pool: the calling thread does all the work. */
    check("xnn_setup", setup(slot->op, rows, src, dst, NULL));
    check("xnn_run_operator", xnn_run_operator(slot->op, NULL));
}

/* Rows of one element without gaps are one array to XNNPACK, so any n has the same operator. */
#define MAP(name, operator, ...)                                                                   \
    static void map_##name(float *dst, const float *src, size_t n, float p) {                      \
        run(SLOT_##name, xnn_setup_##operator##_nc_f32, dst, src, n, 1, p);                        \
    }
#define ROWS(name, operator, ...)                                                                  \
    static void rows_##name(float *dst, const float *src, size_t rows, size_t cols) {              \
        run(SLOT_##name, xnn_setup_##operator##_nc_f32, dst, src, rows, cols, 0.0F);               \
    }
FUNCTIONS(MAP, ROWS)

PEER_TABLE(FUNCTIONS)

extern const struct peer peer_xnnpack;
const struct peer peer_xnnpack = {NAME, NULL, chosen, functions};
