/*
 * The peer "xnnpack": XNNPACK's operators, which choose their code by the processor.  Debian's
 * library exports no micro-kernel of these functions, so this is the only way to them, and what a
 * call costs (setup and run of an operator) is part of the figures.
 */
#include "adapter.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <xnnpack.h>

#define NAME "xnnpack"

enum { SIGMOID, RELU, LEAKY_RELU, SOFTMAX, FUNCTIONS };

/* An operator is made for one parameter and length of row, and holds the arrays of its next run. */
struct slot {
    xnn_operator_t op;
    size_t cols;
    float p;
};

/* One set a thread, freed as the thread ends. */
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
    for (int i = 0; i < FUNCTIONS; i++) {
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
        slots = calloc(FUNCTIONS, sizeof *slots);
        if (slots == NULL || pthread_setspecific(slots_key, slots) != 0) {
            check("a thread's memory", xnn_status_out_of_memory);
        }
    }
    return &slots[function];
}

static enum xnn_status create(int function, size_t cols, float p, xnn_operator_t *op) {
    switch (function) {
    case SIGMOID:
        return xnn_create_sigmoid_nc_f32(cols, cols, cols, 0, op);
    case RELU:
        /* With these bounds the operator takes the kernel that it has for ReLU. */
        return xnn_create_clamp_nc_f32(cols, cols, cols, 0.0F, INFINITY, 0, op);
    case LEAKY_RELU:
        return xnn_create_leaky_relu_nc_f32(cols, cols, cols, p, 0, op);
    default:
        return xnn_create_softmax_nc_f32(cols, cols, cols, 0, op);
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
#define MAP(name, function, setup, parameter)                                                      \
    static void name(float *dst, const float *src, size_t n, float p) {                            \
        (void)p;                                                                                   \
        run(function, setup, dst, src, n, 1, parameter);                                           \
    }
#define ROWS(name, function, setup)                                                                \
    static void name(float *dst, const float *src, size_t rows, size_t cols) {                     \
        run(function, setup, dst, src, rows, cols, 0.0F);                                          \
    }

MAP(sigmoid, SIGMOID, xnn_setup_sigmoid_nc_f32, 0.0F)
MAP(relu, RELU, xnn_setup_clamp_nc_f32, 0.0F)
MAP(leaky_relu, LEAKY_RELU, xnn_setup_leaky_relu_nc_f32, p)
ROWS(softmax, SOFTMAX, xnn_setup_softmax_nc_f32)

static const struct peer_function functions[] = {
    {"sigmoid", sigmoid, NULL}, {"relu", relu, NULL}, {"leaky_relu", leaky_relu, NULL},
    {"softmax", NULL, softmax}, {NULL, NULL, NULL},
};

extern const struct peer peer_xnnpack;
const struct peer peer_xnnpack = {NAME, NULL, chosen, functions};
