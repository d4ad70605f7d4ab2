/* Reads the library's environment variable, and reports a value that cannot be used, once. */
#include "report.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)
#include <windows.h>
#else
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#endif
#if defined(__linux__)
#include <sys/auxv.h>
#endif

/* The test of secure_getenv, a function that older versions of musl and Android lack. */
static int is_privileged(void) {
#if defined(__linux__)
    return getauxval(AT_SECURE) != 0;
#elif defined(__APPLE__) || defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__)
    return issetugid();
#else
    return 0;
#endif
}

const char *act_wanted_backend(void) {
    const char *value = getenv("ACT_BACKEND");
    return value && *value && !is_privileged() ? value : NULL;
}

/* A line under construction. */
enum { LINE = 160, LONGEST_NAME = 32 };
typedef struct {
    char text[LINE];
    size_t length;
} line;

/* Truncates to fit.  Bytes other than printable ASCII could control a terminal or forge a line. */
static void append(line *to, const char *text, size_t most) {
    for (size_t i = 0; i < most && text[i] && to->length < LINE - 1; ++i)
        to->text[to->length++] = (char)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
}

#if defined(_WIN32)

static void write_to_stderr(const char *text, size_t length) {
    const DWORD before = GetLastError();
    HANDLE error = GetStdHandle(STD_ERROR_HANDLE);
    DWORD written;
    if (error && error != INVALID_HANDLE_VALUE)
        (void)WriteFile(error, text, (DWORD)length, &written, NULL);
    SetLastError(before);
}

#else

/*
 * Whether descriptor 2 can be the standard error with which the program was started.  A
 * close-on-exec descriptor was opened after exec.  A file that is also open for reading is likely
 * to hold data.
 */
static int is_stderr(void) {
    const int flags = fcntl(STDERR_FILENO, F_GETFD), mode = fcntl(STDERR_FILENO, F_GETFL);
    struct stat file;
    if (flags == -1 || mode == -1 || (flags & FD_CLOEXEC) || (mode & O_ACCMODE) == O_RDONLY ||
        fstat(STDERR_FILENO, &file) != 0)
        return 0;
    return !S_ISREG(file.st_mode) || (mode & O_ACCMODE) == O_WRONLY;
}

/* poll detects a full pipe, on which write would wait, and one without a reader (SIGPIPE). */
static void write_to_stderr(const char *text, size_t length) {
    const int before = errno;
    struct pollfd error = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (is_stderr() && poll(&error, 1, 0) == 1 && error.revents == POLLOUT) {
        ssize_t written = write(STDERR_FILENO, text, length);
        (void)written; /* nobody is left to tell */
    }
    errno = before;
}

#endif

void act_report_unknown_backend(const char *wanted, const char *used) {
    line report = {.length = 0};
    append(&report, "libact: ACT_BACKEND=", LINE);
    append(&report, wanted, LONGEST_NAME);
    if (strlen(wanted) > LONGEST_NAME)
        append(&report, "...", LINE);
    append(&report, " is not a backend that runs here, using ", LINE);
    append(&report, used, LONGEST_NAME);
    report.text[report.length++] = '\n';
    write_to_stderr(report.text, report.length);
}
