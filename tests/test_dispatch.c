/*
 * Which backend is in use: at the first call, by name, by environment, under threads.
 *
 * The library chooses once in a process.  act_forget_backend() makes the next call a first one.
 */
#include "dispatch.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "support/data.h"
#include "support/functions.h"
#include "support/harness.h"

/* As in a new process with ACT_BACKEND set to the value, or unset if that is NULL. */
static void begin_with(const char *value) {
    assert_int_equal(value ? setenv("ACT_BACKEND", value, 1) : unsetenv("ACT_BACKEND"), 0);
    act_forget_backend();
}

static bool in_use(const char *name) { return strcmp(act_backend(), name) == 0; }

static bool is_available(const char *name) {
    const backend_list list = available_backends();
    for (size_t i = 0; i < list.count; ++i)
        if (strcmp(list.name[i], name) == 0)
            return true;
    return false;
}

static const char *best(void) { return available_backends().name[0]; }

/* Every name of backends.def, available here or not, and some that nobody has. */
#define BACKEND_NAME(backend, name, needs, ...) name,
static const char *const known[] = {EACH_BACKEND(BACKEND_NAME, )};
enum { KNOWN = sizeof known / sizeof known[0] };
static const char *const nonsense[] = {"nonsense", "AVX2", "avx", "avx22", " scalar", "scalar "};
enum { NONSENSE = sizeof nonsense / sizeof nonsense[0] };

/* Runs first: the library is as untouched as in a user's program. */
static void best_by_default(void **state) {
    (void)state;
    for (int i = 0; i < 2; ++i)
        assert_string_equal(act_backend(), best());
    const char *expected = getenv("ACT_EXPECT_BACKEND");
    if (expected)
        assert_string_equal(best(), expected);
}

static void listing(void **state) {
    (void)state;
    const backend_list list = available_backends();
    size_t at = 0;
    for (size_t k = 0; k < KNOWN; ++k)
        if (at < list.count && strcmp(known[k], list.name[at]) == 0)
            ++at;
    assert_int_equal(at, list.count); /* in the order of backends.def */
    assert_string_equal(list.name[list.count - 1], "scalar");
    for (size_t i = 0; i < list.count; ++i)
        for (size_t k = 0; k < i; ++k)
            assert_string_not_equal(list.name[i], list.name[k]);

    begin_with("scalar"); /* which changes nothing */
    assert_int_equal(act_backends(NULL, 0), list.count);
    const char *names[MAX_BACKENDS + 1];
    for (size_t max = 0; max <= MAX_BACKENDS; ++max) {
        for (size_t i = 0; i <= MAX_BACKENDS; ++i)
            names[i] = "untouched";
        assert_int_equal(act_backends(names, max), list.count);
        for (size_t i = 0; i <= MAX_BACKENDS; ++i)
            assert_string_equal(names[i], i < max && i < list.count ? list.name[i] : "untouched");
    }
}

/* Choices by name. */

static void assert_refused(const char *name) {
    const char *before = act_backend();
    assert_int_equal(act_set_backend(name), ACT_ERROR_BACKEND);
    assert_string_equal(act_backend(), before);
}

static void choice_by_name(void **state) {
    (void)state;
    const backend_list list = available_backends();
    const char *const values[] = {NULL, "scalar"};
    for (size_t v = 0; v < 2; ++v) {
        begin_with(values[v]);
        for (size_t i = 0; i < list.count; ++i)
            for (size_t k = 0; k < list.count; ++k) {
                assert_true(act_set_backend(list.name[i]) == ACT_OK && in_use(list.name[i]));
                assert_true(act_set_backend(list.name[k]) == ACT_OK && in_use(list.name[k]));
            }
        for (size_t i = 0; i < list.count; ++i) {
            assert_int_equal(act_set_backend(list.name[i]), ACT_OK);
            for (size_t k = 0; k < NONSENSE; ++k)
                assert_refused(nonsense[k]);
            assert_refused("");
            for (size_t k = 0; k < KNOWN; ++k)
                if (!is_available(known[k]))
                    assert_refused(known[k]);
            assert_true(act_set_backend(NULL) == ACT_OK && in_use(list.name[0]));
        }
    }
}

/* The environment. */

enum { SAID = 1024 };

/*
 * What `call` writes to standard error in the library's name: emulators and sanitizers talk too.
 * The call returns whether all was right, since an assertion could not be read meanwhile.
 */
static void hear(bool (*call)(void), char said[SAID]) {
    /* A file and no pipe, which a sanitizer's report would fill; open for writing alone, as the
     * library asks of its standard error. */
    char path[] = "/tmp/act_test_dispatch_XXXXXX";
    const int before = dup(STDERR_FILENO), file = mkstemp(path), end = open(path, O_WRONLY);
    (void)fflush(NULL);
    assert_true(before >= 0 && file >= 0 && end >= 0 && dup2(end, STDERR_FILENO) >= 0);
    const bool right = call();
    assert_true(dup2(before, STDERR_FILENO) >= 0 && close(before) == 0 && close(end) == 0);
    assert_int_equal(unlink(path), 0);

    FILE *stream = fdopen(file, "r");
    assert_non_null(stream);
    size_t length = 0;
    said[0] = '\0';
    char line[SAID];
    while (fgets(line, sizeof line, stream))
        if (strncmp(line, "libact: ", 8) == 0)
            length += (size_t)snprintf(said + length, SAID - length, "%s", line);
    assert_int_equal(fclose(stream), 0);
    assert_true(right);
}

/* With that value, `call` uses the backend of that name, or else reports and uses the best one. */
static void expect_choice(const char *value, bool (*call)(void)) {
    const bool meant = value && *value, found = meant && is_available(value);
    char said[SAID], assignment[64];
    begin_with(value);
    hear(call, said);
    assert_string_equal(act_backend(), found ? value : best());
    if (meant && !found) {
        (void)snprintf(assignment, sizeof assignment, "ACT_BACKEND=%s ", value);
        assert_non_null(strstr(said, assignment));
        assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1); /* once */
    } else {
        assert_string_equal(said, "");
    }
}

static bool elementwise(void) {
    float x = -1;
    return act_relu_f32(&x, 1) == ACT_OK && x == 0;
}
static bool row_wise(void) {
    float x = -1;
    return act_softmax_f32(&x, 1, 1) == ACT_OK && x == 1;
}
static bool by_question(void) { return is_available(act_backend()); }

/* Whatever comes first, the later calls keep to what it chose. */
static bool several(void) {
    const char *chosen = act_backend();
    for (int i = 0; i < 10; ++i)
        if (!elementwise() || !row_wise() || !in_use(chosen))
            return false;
    return true;
}

static bool (*const first_calls[])(void) = {elementwise, row_wise, by_question, several};

static void environment(void **state) {
    (void)state;
    for (size_t c = 0; c < sizeof first_calls / sizeof first_calls[0]; ++c) {
        for (size_t i = 0; i < KNOWN; ++i)
            expect_choice(known[i], first_calls[c]);
        for (size_t i = 0; i < NONSENSE; ++i)
            expect_choice(nonsense[i], first_calls[c]);
        expect_choice("", first_calls[c]);
        expect_choice(NULL, first_calls[c]);
    }
}

/* A choice stands, before the first call and after, and nobody asks the environment any more. */
static void choice_before_environment(void **state) {
    (void)state;
    const char *const names[] = {"scalar", "scalar", NULL};
    const char *const values[] = {NULL, "nonsense", "scalar"};
    char said[SAID];
    for (size_t i = 0; i < 3; ++i) {
        begin_with(values[i]);
        assert_int_equal(act_set_backend(names[i]), ACT_OK);
        hear(several, said);
        assert_string_equal(said, "");
        assert_string_equal(act_backend(), names[i] ? names[i] : best());

        assert_int_equal(setenv("ACT_BACKEND", "nonsense", 1), 0);
        hear(several, said);
        assert_string_equal(said, "");
    }
}

/* Threads. */

enum { THREADS = 8, FLOATS = 333, ALL_FUNCTIONS = MAP_FUNCTIONS + ROWS_FUNCTIONS };

typedef struct {
    float y[ALL_FUNCTIONS][FLOATS];
} results;

static bool is_fast(size_t k) {
    return k < MAP_FUNCTIONS ? map_functions[k]->bound->fast
                             : rows_functions[k - MAP_FUNCTIONS]->bound->fast;
}

/* All functions that have the same bits on every backend, beginning with any of them. */
static bool compute_all(results *r, size_t begin) {
    bool right = true;
    for (size_t i = begin; i < begin + ALL_FUNCTIONS; ++i) {
        size_t k = i % ALL_FUNCTIONS;
        float *y = r->y[k];
        fill_uniform(y, FLOATS, -9, 9, k);
        if (is_fast(k))
            continue;
        if (k < MAP_FUNCTIONS)
            right &= map_functions[k]->in_place(y, FLOATS, map_functions[k]->usual) == ACT_OK;
        else
            right &= rows_functions[k - MAP_FUNCTIONS]->in_place(y, 3, FLOATS / 3) == ACT_OK;
    }
    return right;
}

static bool same_results(const results *a, const results *b) {
    for (size_t k = 0; k < ALL_FUNCTIONS; ++k)
        for (size_t i = 0; i < FLOATS; ++i)
            if (bits_of(a->y[k][i]) != bits_of(b->y[k][i]))
                return false;
    return true;
}

typedef struct {
    pthread_t thread;
    size_t number;
    bool right;
    results computed;
} worker;
static worker workers[THREADS];
static results expected;
static pthread_barrier_t start;
static atomic_bool stop;

static bool start_workers(void *(*work)(void *), unsigned at_once) {
    bool right = pthread_barrier_init(&start, NULL, at_once) == 0;
    for (size_t i = 0; i < THREADS; ++i) {
        workers[i].number = i;
        right &= pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    }
    return right;
}

static bool join_workers(void) {
    bool right = true;
    for (size_t i = 0; i < THREADS; ++i)
        right &= pthread_join(workers[i].thread, NULL) == 0 && workers[i].right;
    return right && pthread_barrier_destroy(&start) == 0;
}

static void *compute_once(void *argument) {
    worker *w = argument;
    pthread_barrier_wait(&start);
    w->right = compute_all(&w->computed, w->number);
    return NULL;
}

static bool race(void) {
    bool right =
        start_workers(compute_once, THREADS) && join_workers() && compute_all(&expected, 0);
    for (size_t i = 0; i < THREADS; ++i)
        right &= same_results(&workers[i].computed, &expected);
    return right;
}

static void race_for_the_first_call(void **state) {
    (void)state;
    for (int attempt = 0; attempt < (quick() ? 5 : 40); ++attempt) {
        expect_choice(NULL, race);
        expect_choice("scalar", race);
        expect_choice("nonsense", race);
    }
}

static void *compute_until_stopped(void *argument) {
    worker *w = argument;
    pthread_barrier_wait(&start);
    w->right = true;
    do
        w->right &= compute_all(&w->computed, w->number) && same_results(&w->computed, &expected);
    while (!atomic_load(&stop));
    return NULL;
}

static void switching_while_others_compute(void **state) {
    (void)state;
    const backend_list list = available_backends();
    begin_with(NULL);
    assert_true(compute_all(&expected, 0));
    assert_true(start_workers(compute_until_stopped, THREADS + 1));
    pthread_barrier_wait(&start);
    bool right = true;
    for (time_t end = time(NULL) + 2; time(NULL) < end; sched_yield())
        for (size_t i = 0; i < 6; ++i) {
            right &= act_set_backend(i < 5 ? list.name[i % list.count] : NULL) == ACT_OK;
            right &= is_available(act_backend());
        }
    atomic_store(&stop, true);
    assert_true(join_workers());
    assert_true(right);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_by_default),
        cmocka_unit_test(listing),
        cmocka_unit_test(choice_by_name),
        cmocka_unit_test(environment),
        cmocka_unit_test(choice_before_environment),
        cmocka_unit_test(race_for_the_first_call),
        cmocka_unit_test(switching_while_others_compute),
    };
    return cmocka_run_group_tests_name("dispatch", tests, NULL, NULL);
}
