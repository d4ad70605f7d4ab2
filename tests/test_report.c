/*
 * A value of ACT_BACKEND that names no backend causes one clean line on standard error, if that is
 * open, and nothing else.
 *
 * The library reports once per process, so each case is a child process, whose descriptor 2 is
 * prepared by a function.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act/act.h"
#include "support/harness.h"

enum { LONGEST_LINE = 160, FULL = 1 << 20, NO_ERROR_OF_ANY_CALL = 12345 };

/* Opens a file with the mode as descriptor 2; a failure becomes the child's exit status. */
static void give_2_to(const char *path, int mode) {
    const int file = open(path, mode);
    if (file < 0 || dup2(file, STDERR_FILENO) < 0)
        _exit(2);
}

/* The descriptor 2 of each case.  The path is that of an empty file. */
static void written(const char *path) { give_2_to(path, O_WRONLY); }
static void closed(const char *path) {
    (void)path;
    close(STDERR_FILENO);
}
static void data_file(const char *path) { give_2_to(path, O_RDWR); }
static void read_only(const char *path) { give_2_to(path, O_RDONLY); }
static void not_inherited(const char *path) {
    written(path);
    if (fcntl(STDERR_FILENO, F_SETFD, FD_CLOEXEC) != 0)
        _exit(2);
}
static void pipe_without_reader(const char *path) {
    int ends[2];
    (void)path;
    if (pipe(ends) != 0 || dup2(ends[1], STDERR_FILENO) < 0 || close(ends[0]) != 0)
        _exit(2);
    (void)signal(SIGPIPE, SIG_DFL);
}
static void full_pipe(const char *path) {
    int ends[2];
    (void)path;
    if (pipe(ends) != 0 || dup2(ends[1], STDERR_FILENO) < 0 ||
        fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK) != 0)
        _exit(2);
    for (int i = 0; i < FULL && write(STDERR_FILENO, "", 1) == 1; ++i)
        continue;
    if (fcntl(STDERR_FILENO, F_SETFL, 0) != 0)
        _exit(2);
}

static void *hold_the_lock(void *locked) {
    flockfile(stderr);
    pthread_barrier_wait(locked);
    for (;;)
        pause();
    return NULL;
}
/* The thread starts first: qemu warns on descriptor 2 about missing features, once per thread. */
static void lock_of_stdio_held(const char *path) {
    static pthread_barrier_t locked;
    pthread_t holder;
    if (pthread_barrier_init(&locked, NULL, 2) != 0 ||
        pthread_create(&holder, NULL, hold_the_lock, &locked) != 0)
        _exit(2);
    pthread_barrier_wait(&locked);
    written(path);
}

/* The first call of a child, with that value; the content of the file is stored in TEXT. */
enum { TEXT = 4096 };
static void first_call(const char *value, void (*prepare)(const char *path), char text[TEXT]) {
    char path[] = "/tmp/act_test_report_XXXXXX";
    const int file = mkstemp(path);
    assert_true(file >= 0);
    (void)fflush(NULL);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (setenv("ACT_BACKEND", value, 1) != 0)
            _exit(2);
        prepare(path);
        alarm(60); /* a signal ends a call that waits forever */
        errno = NO_ERROR_OF_ANY_CALL;
        const char *used = act_backend();
        const int after = errno;
        const char *best;
        act_backends(&best, 1);
        _exit(after != NO_ERROR_OF_ANY_CALL ? 3 : strcmp(used, best) != 0 ? 4 : 0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    const ssize_t length = read(file, text, TEXT - 1);
    close(file);
    unlink(path);
    assert_true(length >= 0);
    text[length] = '\0';
    assert_int_equal(status, 0);
}

static void expect_report(const char *value, void (*prepare)(const char *path), const char *begin) {
    char text[TEXT];
    first_call(value, prepare, text);
    const size_t length = strlen(text);
    if (strncmp(text, begin, strlen(begin)) != 0)
        fail_msg("the report is \"%s\", should begin with \"%s\"", text, begin);
    assert_in_range(length, 1, LONGEST_LINE);
    assert_ptr_equal(strchr(text, '\n'), text + length - 1);
}

static void expect_silence(void (*prepare)(const char *path)) {
    char text[TEXT];
    first_call("nonsense", prepare, text);
    assert_string_equal(text, "");
}

static void names_the_value(void **state) {
    (void)state;
    expect_report("nonsense", written, "libact: ACT_BACKEND=nonsense is not a backend that runs ");
}

static void cleans_the_value(void **state) {
    (void)state;
    expect_report("\033[2J\r\nroot:\x80\xFF\x7F~", written,
                  "libact: ACT_BACKEND=?[2J??root:???~ is not a backend that runs ");
}

static void cuts_a_long_value(void **state) {
    (void)state;
    enum { LONG = 100000 };
    char *value = malloc(LONG + 1);
    assert_non_null(value);
    memset(value, 'x', LONG);
    value[LONG] = '\0';
    expect_report(value, written,
                  "libact: ACT_BACKEND=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx... is not a backend ");
    free(value);
}

/* ThreadSanitizer's exit handler in a child that holds the lock waits for that lock. */
static void takes_no_lock_of_stdio(void **state) {
    (void)state;
#ifdef __SANITIZE_THREAD__
    skip();
#endif
    expect_report("nonsense", lock_of_stdio_held, "libact: ACT_BACKEND=nonsense ");
}

static void writes_to_no_other_file(void **state) {
    (void)state;
    expect_silence(closed);
    expect_silence(data_file);
    expect_silence(read_only);
    expect_silence(not_inherited);
}

static void neither_waits_nor_dies(void **state) {
    (void)state;
    expect_silence(pipe_without_reader);
    expect_silence(full_pipe);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_the_value),         cmocka_unit_test(cleans_the_value),
        cmocka_unit_test(cuts_a_long_value),       cmocka_unit_test(takes_no_lock_of_stdio),
        cmocka_unit_test(writes_to_no_other_file), cmocka_unit_test(neither_waits_nor_dies),
    };
    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
