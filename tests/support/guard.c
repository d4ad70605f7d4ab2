/* Guard pages by mmap, canaries by memset. */
#include "support/guard.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/harness.h"

enum { CANARY = 0xA5 };

struct guard {
    unsigned char *map; /* a forbidden page, the room, a forbidden page */
    unsigned char *room;
    size_t page, bytes; /* of the room */
    size_t begin, end;  /* of the array, in the room */
};

guard *guard_new(size_t max) {
    guard *g = calloc(1, sizeof *g);
    assert_non_null(g);
    g->page = (size_t)sysconf(_SC_PAGESIZE);
    g->bytes = (max * sizeof(float) + g->page - 1) / g->page * g->page;
    /* An emulator's masked load may read bytes that the real instruction does not touch. */
    int outside = getenv("ACT_TEST_READABLE_GUARDS") ? PROT_READ : PROT_NONE;
    g->map = mmap(NULL, g->bytes + 2 * g->page, outside, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(g->map != MAP_FAILED);
    g->room = g->map + g->page;
    assert_int_equal(mprotect(g->room, g->bytes, PROT_READ | PROT_WRITE), 0);
    return g;
}

void guard_free(guard *g) {
    munmap(g->map, g->bytes + 2 * g->page);
    free(g);
}

float *guard_place(guard *g, guard_side side, size_t offset, size_t n) {
    assert_true((offset + n) * sizeof(float) <= g->bytes);
    g->begin =
        side == GUARD_START ? offset * sizeof(float) : g->bytes - (offset + n) * sizeof(float);
    g->end = g->begin + n * sizeof(float);
    memset(g->room, CANARY, g->bytes);
    return (float *)(void *)(g->room + g->begin);
}

/* The first overwritten canary in [begin, end), or end. */
static size_t dead(const unsigned char *room, size_t begin, size_t end) {
    /* Comparing the range with itself, shifted by one byte, is as fast as memcmp. */
    if (begin == end ||
        (room[begin] == CANARY && memcmp(room + begin, room + begin + 1, end - begin - 1) == 0))
        return end;
    while (room[begin] == CANARY)
        ++begin;
    return begin;
}

void guard_check_at(const guard *g, const char *file, int line) {
    size_t before = dead(g->room, 0, g->begin), after = dead(g->room, g->end, g->bytes);
    if (before == g->begin && after == g->bytes)
        return;
    if (before != g->begin)
        print_error("written %zu bytes before the array\n", g->begin - before);
    else
        print_error("written %zu bytes after the array's end\n", after - g->end);
    _fail(file, line);
}
