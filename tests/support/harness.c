/* The loop over the backends, and the condition for a quick run. */
#include "support/harness.h"

#include <stdlib.h>
#include <string.h>

#include "act/act.h"
#ifndef ACT_SHARED
#include "dispatch.h"
#endif

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#ifdef __OPTIMIZE__
#define OPTIMIZED 1
#else
#define OPTIMIZED 0
#endif

bool quick(void) {
    const char *asked = getenv("ACT_TEST_QUICK");
    return SANITIZED || !OPTIMIZED || (asked && *asked);
}

backend_list available_backends(void) {
    backend_list list;
    list.count = act_backends(list.name, MAX_BACKENDS);
    assert_in_range(list.count, 1, MAX_BACKENDS);
    return list;
}

/* Behind the dispatcher's back, which a shared library does not let us. */
static void use_plain_scalar(void) {
#ifndef ACT_SHARED
    atomic_store(&act_active, ACT_INDEX_scalar);
#endif
}

int on_each_backend(int (*run)(void)) {
    const char *forced = getenv("ACT_BACKEND");
    backend_list list = available_backends();
    int failed = 0, ran = 0;
    for (size_t i = 0; i < list.count; ++i) {
        if (forced && *forced && strcmp(forced, list.name[i]) != 0)
            continue;
        if (act_set_backend(list.name[i]) != ACT_OK || strcmp(act_backend(), list.name[i]) != 0) {
            print_error("backend %s is listed, but cannot be forced\n", list.name[i]);
            return EXIT_FAILURE;
        }
        if (getenv("ACT_TEST_PLAIN_SCALAR"))
            use_plain_scalar();
        print_message("backend %s\n", list.name[i]);
        failed += run();
        ++ran;
    }
    if (!ran)
        print_message("backend %s does not run here\n", forced);
    return failed ? EXIT_FAILURE : ran ? EXIT_SUCCESS : EXIT_SKIPPED;
}
