/*
 * Which backend is in use: at the first call, by name, by environment, under threads.
 *
 * The library decides once in a process.  So the tests' own process never calls it before forking:
 * each attempt is a child of its own, that finds the library as untouched as a program does.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "backends.def"
#include "support/data.h"
#include "support/functions.h"
#include "support/harness.h"

/* cmocka's assertions return into the runner, which the child must not continue. */
#define CHECK(condition) check_at(condition, #condition, __LINE__)
static void check_at(bool holds, const char *condition, int line) {
    if (holds)
        return;
    (void)printf("%s:%d: %s\n", __FILE__, line, condition);
    (void)fflush(stdout);
    _exit(EXIT_FAILURE);
}

/* What a child wrote to standard error in the library's name: emulators and sanitizers talk too. */
typedef struct {
    char text[1024];
} report;

static report read_report(int descriptor) {
    report r = {{0}};
    size_t length = 0;
    FILE *stream = fdopen(descriptor, "r");
    assert_non_null(stream);
    char line[1024];
    while (fgets(line, sizeof line, stream))
        if (strncmp(line, "libact: ", 8) == 0)
            length += (size_t)snprintf(r.text + length, sizeof r.text - length, "%s", line);
    assert_int_equal(fclose(stream), 0);
    return r;
}

/* Runs `body` in a child with ACT_BACKEND set to `backend`, or unset if that is NULL. */
static report in_child(const char *backend, void (*body)(const char *argument),
                       const char *argument) {
    int ends[2];
    (void)fflush(NULL);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        CHECK((backend ? setenv("ACT_BACKEND", backend, 1) : unsetenv("ACT_BACKEND")) == 0);
        CHECK(dup2(ends[1], STDERR_FILENO) >= 0);
        close(ends[0]);
        close(ends[1]);
        body(argument);
        (void)fflush(NULL);
        _exit(EXIT_SUCCESS);
    }
    close(ends[1]);
    report written = read_report(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS)
        fail_msg("the child failed, status %#x; it reported: %s", (unsigned)status, written.text);
    return written;
}

static void in_silent_child(const char *backend, void (*body)(const char *argument),
                            const char *argument) {
    assert_string_equal(in_child(backend, body, argument).text, "");
}

static backend_list list_of_backends(void) {
    backend_list list;
    list.count = act_backends(list.name, MAX_BACKENDS);
    CHECK(list.count >= 1 && list.count <= MAX_BACKENDS);
    return list;
}

static bool available(const char *name) {
    backend_list list = list_of_backends();
    for (size_t i = 0; i < list.count; ++i)
        if (strcmp(list.name[i], name) == 0)
            return true;
    return false;
}

/* Every name of backends.def, available here or not, and some that nobody has. */
static const char *const known[] = {
#define BACKEND_NAME(backend, name, needs, ...) name,
    EACH_BACKEND(BACKEND_NAME, )};
enum { KNOWN = sizeof known / sizeof known[0] };
static const char *const nonsense[] = {"nonsense", "AVX2", "avx", "avx22", " scalar", "scalar "};
enum { NONSENSE = sizeof nonsense / sizeof nonsense[0] };

/* The listing. */

static void check_listing(const char *argument) {
    (void)argument;
    backend_list list = list_of_backends();
    size_t at = 0;
    for (size_t k = 0; k < KNOWN; ++k)
        if (at < list.count && strcmp(known[k], list.name[at]) == 0)
            ++at;
    CHECK(at == list.count); /* in the order of backends.def */
    CHECK(strcmp(list.name[list.count - 1], "scalar") == 0);
    for (size_t i = 0; i < list.count; ++i)
        for (size_t k = 0; k < i; ++k)
            CHECK(strcmp(list.name[i], list.name[k]) != 0);

    CHECK(act_backends(NULL, 0) == list.count);
    const char *names[MAX_BACKENDS + 1];
    for (size_t max = 0; max <= MAX_BACKENDS; ++max) {
        for (size_t i = 0; i <= MAX_BACKENDS; ++i)
            names[i] = "untouched";
        CHECK(act_backends(names, max) == list.count);
        for (size_t i = 0; i <= MAX_BACKENDS; ++i)
            CHECK(strcmp(names[i], i < max && i < list.count ? list.name[i] : "untouched") == 0);
    }
}
static void listing(void **state) {
    (void)state;
    in_silent_child(NULL, check_listing, NULL);
    in_silent_child("scalar", check_listing, NULL);
}

static void check_best(const char *argument) {
    const char *best = list_of_backends().name[0];
    CHECK(strcmp(act_backend(), best) == 0);
    CHECK(strcmp(act_backend(), best) == 0);
    const char *expected = getenv("ACT_EXPECT_BACKEND");
    CHECK(!expected || strcmp(best, expected) == 0);
    (void)argument;
}
static void best_by_default(void **state) {
    (void)state;
    in_silent_child(NULL, check_best, NULL);
    in_silent_child("", check_best, NULL);
}

/* Forcing. */

static bool in_use(const char *name) { return strcmp(act_backend(), name) == 0; }

static void check_forcing(const char *argument) {
    (void)argument;
    backend_list list = list_of_backends();
    for (size_t i = 0; i < list.count; ++i)
        for (size_t k = 0; k < list.count; ++k) {
            CHECK(act_set_backend(list.name[i]) == ACT_OK && in_use(list.name[i]));
            CHECK(act_set_backend(list.name[k]) == ACT_OK && in_use(list.name[k]));
        }
    for (size_t i = 0; i < list.count; ++i) {
        CHECK(act_set_backend(list.name[i]) == ACT_OK);
        for (size_t k = 0; k < NONSENSE; ++k)
            CHECK(act_set_backend(nonsense[k]) == ACT_ERROR_BACKEND && in_use(list.name[i]));
        CHECK(act_set_backend("") == ACT_ERROR_BACKEND && in_use(list.name[i]));
        for (size_t k = 0; k < KNOWN; ++k)
            if (!available(known[k]))
                CHECK(act_set_backend(known[k]) == ACT_ERROR_BACKEND && in_use(list.name[i]));
        CHECK(act_set_backend(NULL) == ACT_OK && in_use(list.name[0]));
    }
}
static void forcing(void **state) {
    (void)state;
    in_silent_child(NULL, check_forcing, NULL);
    in_silent_child("scalar", check_forcing, NULL);
}

/* A choice before the first call stands, and nobody asks the environment any more. */
static void check_early_choice(const char *name) {
    CHECK(act_set_backend(name) == ACT_OK);
    CHECK(in_use(name ? name : list_of_backends().name[0]));
}
static void choice_before_first_call(void **state) {
    (void)state;
    in_silent_child(NULL, check_early_choice, "scalar");
    in_silent_child("nonsense", check_early_choice, "scalar");
    in_silent_child("scalar", check_early_choice, NULL);
}

/* The environment. */

static void list_on_stderr(const char *argument) {
    (void)argument;
    backend_list list = list_of_backends();
    for (size_t i = 0; i < list.count; ++i)
        (void)fprintf(stderr, "libact: %s\n", list.name[i]);
}

static bool runs_here(const char *name) {
    report list = in_child(NULL, list_on_stderr, NULL);
    char line[64];
    (void)snprintf(line, sizeof line, "libact: %s\n", name);
    return strstr(list.text, line) != NULL;
}

/* However the library is called first, and however often, the one name is in use. */
static void check_in_use(const char *name) {
    const char *expected = name ? name : list_of_backends().name[0];
    for (int i = 0; i < 10; ++i) {
        float x = -1;
        CHECK(act_relu_f32(&x, 1) == ACT_OK && x == 0);
        CHECK(act_softmax_f32(&x, 1, 1) == ACT_OK && x == 1);
        CHECK(in_use(expected));
    }
}

static void assert_reported_once(const char *text, const char *name) {
    char assignment[64];
    (void)snprintf(assignment, sizeof assignment, "ACT_BACKEND=%s ", name);
    const char *newline = strchr(text, '\n');
    assert_non_null(strstr(text, assignment));
    assert_non_null(newline);
    assert_string_equal(newline, "\n");
}

static void environment(void **state) {
    (void)state;
    for (size_t i = 0; i < KNOWN; ++i)
        if (runs_here(known[i]))
            in_silent_child(known[i], check_in_use, known[i]);
        else
            assert_reported_once(in_child(known[i], check_in_use, NULL).text, known[i]);
    for (size_t i = 0; i < NONSENSE; ++i)
        assert_reported_once(in_child(nonsense[i], check_in_use, NULL).text, nonsense[i]);
    in_silent_child("", check_in_use, NULL);
    in_silent_child(NULL, check_in_use, NULL);
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
static void compute_all(results *r, size_t begin) {
    for (size_t i = begin; i < begin + ALL_FUNCTIONS; ++i) {
        size_t k = i % ALL_FUNCTIONS;
        float *y = r->y[k];
        fill_uniform(y, FLOATS, -9, 9, k);
        if (is_fast(k))
            continue;
        if (k < MAP_FUNCTIONS)
            CHECK(map_functions[k]->in_place(y, FLOATS, map_functions[k]->usual) == ACT_OK);
        else
            CHECK(rows_functions[k - MAP_FUNCTIONS]->in_place(y, 3, FLOATS / 3) == ACT_OK);
    }
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
    results computed;
} worker;
static worker workers[THREADS];
static results expected;
static pthread_barrier_t start;
static atomic_bool stop;

static void start_workers(void *(*work)(void *), unsigned at_once) {
    CHECK(pthread_barrier_init(&start, NULL, at_once) == 0);
    for (size_t i = 0; i < THREADS; ++i) {
        workers[i].number = i;
        CHECK(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0);
    }
}

static void join_workers(void) {
    for (size_t i = 0; i < THREADS; ++i)
        CHECK(pthread_join(workers[i].thread, NULL) == 0);
}

static void *compute_once(void *argument) {
    worker *w = argument;
    pthread_barrier_wait(&start);
    compute_all(&w->computed, w->number);
    return NULL;
}

static void check_race(const char *argument) {
    (void)argument;
    start_workers(compute_once, THREADS);
    join_workers();
    compute_all(&expected, 0);
    for (size_t i = 0; i < THREADS; ++i)
        CHECK(same_results(&workers[i].computed, &expected));
}

static void race_for_the_first_call(void **state) {
    (void)state;
    for (int attempt = 0; attempt < (quick() ? 5 : 40); ++attempt) {
        in_silent_child(NULL, check_race, NULL);
        in_silent_child("scalar", check_race, NULL);
        assert_reported_once(in_child("nonsense", check_race, NULL).text, "nonsense");
    }
}

static void *compute_until_stopped(void *argument) {
    worker *w = argument;
    pthread_barrier_wait(&start);
    do {
        compute_all(&w->computed, w->number);
        CHECK(same_results(&w->computed, &expected));
    } while (!atomic_load(&stop));
    return NULL;
}

static void check_switching(const char *argument) {
    (void)argument;
    backend_list list = list_of_backends();
    compute_all(&expected, 0);
    start_workers(compute_until_stopped, THREADS + 1);
    pthread_barrier_wait(&start);
    for (time_t end = time(NULL) + 2; time(NULL) < end; sched_yield())
        for (size_t i = 0; i < 6; ++i) {
            CHECK(act_set_backend(i < 5 ? list.name[i % list.count] : NULL) == ACT_OK);
            CHECK(available(act_backend()));
        }
    atomic_store(&stop, true);
    join_workers();
}

static void switching_while_others_compute(void **state) {
    (void)state;
    in_silent_child(NULL, check_switching, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listing),
        cmocka_unit_test(best_by_default),
        cmocka_unit_test(forcing),
        cmocka_unit_test(choice_before_first_call),
        cmocka_unit_test(environment),
        cmocka_unit_test(race_for_the_first_call),
        cmocka_unit_test(switching_while_others_compute),
    };
    return cmocka_run_group_tests_name("dispatch", tests, NULL, NULL);
}
