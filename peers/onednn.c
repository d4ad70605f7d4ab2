/*
 * The peer "onednn": oneDNN 2's primitives, which generate their code for the processor.  The
 * environment variable DNNL_MAX_CPU_ISA=AVX2 disables AVX-512.  A primitive belongs to one shape.
 * The cost of a call is part of the figures.
 */
#include "adapter.h"

#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define NAME "onednn"

/* Elementwise: name, oneDNN's algorithm, alpha and beta; row-wise: name, oneDNN's name. */
#define FUNCTIONS(MAP, ROWS)                                                                       \
    MAP(sigmoid, logistic, 0.0F, 0.0F)                                                             \
    MAP(relu, relu, 0.0F, 0.0F)                                                                    \
    MAP(leaky_relu, relu, p, 0.0F)                                                                 \
    MAP(linear, linear, p, 0.0F)                                                                   \
    MAP(relu6, bounded_relu, 6.0F, 0.0F)                                                           \
    MAP(clip, clip, p, 6.0F)                                                                       \
    MAP(hardtanh, clip, p, 1.0F)                                                                   \
    MAP(hardswish, hardswish, 0.0F, 0.0F)                                                          \
    MAP(tanh, tanh, 0.0F, 0.0F)                                                                    \
    MAP(exp, exp, 0.0F, 0.0F)                                                                      \
    MAP(elu, elu, p, 0.0F)                                                                         \
    MAP(softplus, soft_relu, 0.0F, 0.0F)                                                           \
    MAP(log_sigmoid, logsigmoid, 0.0F, 0.0F)                                                       \
    MAP(silu, swish, p, 0.0F)                                                                      \
    MAP(gelu, gelu_erf, 0.0F, 0.0F)                                                                \
    MAP(gelu_tanh, gelu_tanh, 0.0F, 0.0F)                                                          \
    MAP(mish, mish, 0.0F, 0.0F)                                                                    \
    ROWS(softmax, softmax)                                                                         \
    ROWS(log_softmax, logsoftmax)

enum {
#define SLOT(name, ...) SLOT_##name,
    FUNCTIONS(SLOT, SLOT) SLOTS
};

struct slot {
    dnnl_primitive_t primitive;
    dnnl_memory_t src, dst;
    size_t rows, cols;
    float p;
};

/* One per thread, freed when the thread ends. */
struct state {
    dnnl_stream_t stream;
    struct slot slots[SLOTS];
};

static _Thread_local struct state *state;
static pthread_key_t state_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static dnnl_engine_t engine;
static dnnl_status_t initialized;

static void check(const char *call, dnnl_status_t status) {
    if (status != dnnl_success) {
        peer_fail(NAME, call, (int)status);
    }
}

static void empty(struct slot *slot) {
    (void)dnnl_primitive_destroy(slot->primitive);
    (void)dnnl_memory_destroy(slot->src);
    (void)dnnl_memory_destroy(slot->dst);
    *slot = (struct slot){NULL, NULL, NULL, 0, 0, 0.0F};
}

static void delete_state(void *memory) {
    struct state *all = memory;
    for (int i = 0; i < SLOTS; i++) {
        empty(&all->slots[i]);
    }
    (void)dnnl_stream_destroy(all->stream);
    free(all);
}

static void initialize(void) {
    initialized = dnnl_engine_create(&engine, dnnl_cpu, 0);
    if (initialized == dnnl_success && pthread_key_create(&state_key, delete_state) != 0) {
        initialized = dnnl_out_of_memory;
    }
}

static const char *chosen(void) {
    (void)pthread_once(&once, initialize);
    if (initialized != dnnl_success) {
        return NULL;
    }
    /* A wider set has the bits of those that it contains. */
    const unsigned isa = (unsigned)dnnl_get_effective_cpu_isa();
    const unsigned avx512 = (unsigned)dnnl_cpu_isa_avx512_core;
    const unsigned avx2 = (unsigned)dnnl_cpu_isa_avx2;
    return (isa & avx512) == avx512 ? "avx512" : (isa & avx2) == avx2 ? "avx2" : "sse";
}

/*
 * oneDNN uses as many threads as OpenMP has for the calling thread.  Its OpenMP runtime was loaded
 * with it: linking to one here could bring a second one into the program.
 */
static void use_one_thread(void) {
    void *symbol = dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    if (symbol != NULL) {
        void (*set)(int);
        memcpy(&set, &symbol, sizeof set);
        set(1);
    }
}

static struct slot *slot_of(int function) {
    if (state == NULL) {
        (void)pthread_once(&once, initialize);
        check("dnnl_engine_create", initialized);
        state = calloc(1, sizeof *state);
        if (state == NULL || pthread_setspecific(state_key, state) != 0) {
            check("a thread's memory", dnnl_out_of_memory);
        }
        use_one_thread();
        check("dnnl_stream_create",
              dnnl_stream_create(&state->stream, engine, dnnl_stream_default_flags));
    }
    return &state->slots[function];
}

union description {
    dnnl_eltwise_desc_t eltwise;
    dnnl_softmax_desc_t softmax;
    dnnl_logsoftmax_desc_t logsoftmax;
};

static dnnl_status_t describe(int function, union description *description,
                              const dnnl_memory_desc_t *memory, float p) {
    switch (function) {
#define ELTWISE(name, algorithm, alpha, beta)                                                      \
    case SLOT_##name:                                                                              \
        return dnnl_eltwise_forward_desc_init(&description->eltwise, dnnl_forward_inference,       \
                                              dnnl_eltwise_##algorithm, memory, alpha, beta);
#define OVER_ROWS(name, theirs)                                                                    \
    case SLOT_##name:                                                                              \
        return dnnl_##theirs##_forward_desc_init(&description->theirs, dnnl_forward_inference,     \
                                                 memory, 1);
        FUNCTIONS(ELTWISE, OVER_ROWS)
    default:
        return dnnl_invalid_arguments;
    }
}

static void fill(struct slot *slot, int function, size_t rows, size_t cols, float p) {
    empty(slot);
    const dnnl_dims_t dims = {(dnnl_dim_t)rows, (dnnl_dim_t)cols};
    dnnl_memory_desc_t memory;
    check("dnnl_memory_desc_init",
          dnnl_memory_desc_init_by_tag(&memory, 2, dims, dnnl_f32, dnnl_ab));
    union description description;
    check("dnnl_..._desc_init", describe(function, &description, &memory, p));
    dnnl_primitive_desc_t primitive;
    check("dnnl_primitive_desc_create",
          dnnl_primitive_desc_create(&primitive, &description, NULL, engine, NULL));
    check("dnnl_primitive_create", dnnl_primitive_create(&slot->primitive, primitive));
    (void)dnnl_primitive_desc_destroy(primitive);
    check("dnnl_memory_create", dnnl_memory_create(&slot->src, &memory, engine, DNNL_MEMORY_NONE));
    check("dnnl_memory_create", dnnl_memory_create(&slot->dst, &memory, engine, DNNL_MEMORY_NONE));
    slot->rows = rows;
    slot->cols = cols;
    slot->p = p;
}

static void run(int function, float *dst, const float *src, size_t rows, size_t cols, float p) {
    struct slot *slot = slot_of(function);
    if (slot->rows != rows || slot->cols != cols || slot->p != p) {
        fill(slot, function, rows, cols, p);
    }
    /* oneDNN has one kind of memory and only reads this one, but its interface has no const. */
    void *source;
    memcpy(&source, &src, sizeof source);
    check("dnnl_memory_set_data_handle", dnnl_memory_set_data_handle(slot->src, source));
    check("dnnl_memory_set_data_handle", dnnl_memory_set_data_handle(slot->dst, dst));
    const dnnl_exec_arg_t args[] = {{DNNL_ARG_SRC, slot->src}, {DNNL_ARG_DST, slot->dst}};
    check("dnnl_primitive_execute",
          dnnl_primitive_execute(slot->primitive, state->stream, 2, args));
    check("dnnl_stream_wait", dnnl_stream_wait(state->stream));
}

#define MAP(name, ...)                                                                             \
    static void map_##name(float *dst, const float *src, size_t n, float p) {                      \
        run(SLOT_##name, dst, src, 1, n, p);                                                       \
    }
#define ROWS(name, ...)                                                                            \
    static void rows_##name(float *dst, const float *src, size_t rows, size_t cols) {              \
        run(SLOT_##name, dst, src, rows, cols, 0.0F);                                              \
    }
FUNCTIONS(MAP, ROWS)

PEER_TABLE(FUNCTIONS)

extern const struct peer peer_onednn;
const struct peer peer_onednn = {NAME, NULL, chosen, functions};
