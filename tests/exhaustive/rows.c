/* Rows that are difficult for softmax, and the errors of its results. */
#include "exhaustive/rows.h"

#include <stdlib.h>

#include "support/data.h"

enum { LONGEST = 1000000 };
static const size_t lengths[] = {1,  2,   3,   5,    8,    15,   16,    17,    31,
                                 64, 100, 333, 1000, 1023, 4096, 30000, 65537, LONGEST};
enum { LENGTHS = sizeof lengths / sizeof lengths[0] };

/*
 * uniform      anything
 * equal        one large element and many equal ones: all rounding errors of a sum have one sign
 * two_values   a few alternating values: every product and sum repeats
 * descending   from the largest down, so that the sum grows by less and less
 */
enum { UNIFORM, EQUAL, TWO_VALUES, DESCENDING, KINDS };
enum { CASES = LENGTHS * KINDS };

static void fill_row(float *x, size_t n, float range, int kind, random_source *random) {
    float low = (float)((2 * random_unit(random) - 1) * (double)range);
    float high = low + (float)(random_unit(random) * (double)(range - low));
    for (size_t i = 0; i < n; ++i)
        switch (kind) {
        case UNIFORM:
            x[i] = (float)((2 * random_unit(random) - 1) * (double)range);
            break;
        case EQUAL:
            x[i] = i == n / 2 ? high : low;
            break;
        case TWO_VALUES:
            x[i] = random_bits(random) & 1 ? high : low;
            break;
        default:
            x[i] = (float)((double)high - (double)(high - low) * (double)i / (double)n);
            break;
        }
}

static void measure_row(row_measurement *m, const float *y, const double *exact, size_t n,
                        double floor) {
    double sum = 0, exact_sum = 0;
    for (size_t i = 0; i < n; ++i) {
        double error = fabs((double)y[i] - exact[i]);
        sum += (double)y[i];
        exact_sum += exact[i];
        if (!(fabs(exact[i]) >= 0x1p-126)) {
            m->subnormal = fmax(m->subnormal, error * 0x1p149);
        } else if (!(error <= m->relative * fmax(fabs(exact[i]), floor))) {
            m->relative = error / fmax(fabs(exact[i]), floor);
            m->cols = n;
        }
        m->hash = (m->hash ^ bits_of(y[i])) * UINT64_C(0x100000001b3);
    }
    if (fabs(exact_sum - 1) < 1e-9)
        m->sum = fmax(m->sum, fabs(sum - 1));
}

bool measure_rows(row_measurement *m, const source *from, const rows_function *f, float range,
                  uint64_t elements) {
    float *x = calloc(LONGEST + PEERS_SLACK, sizeof *x),
          *y = calloc(LONGEST + PEERS_SLACK, sizeof *y);
    double *exact = malloc(LONGEST * sizeof *exact);
    random_source random = {1};
    bool good = x && y && exact;
    *m = (row_measurement){0};
    for (size_t i = 0; good && i < CASES; ++i) {
        size_t n = lengths[i / KINDS];
        uint64_t rows = elements / CASES / n;
        if (rows == 0 && n <= elements)
            rows = 1;
        for (uint64_t r = 0; good && r < rows; ++r) {
            fill_row(x, n, range, (int)(i % KINDS), &random);
            if (from->peer)
                peer_find(from->peer, f->name)->rows(y, x, 1, n);
            else
                good = f->to(y, n, x, n, 1, n) == ACT_OK;
            f->reference(exact, x, n);
            measure_row(m, y, exact, n, f->bound->floor);
            m->rows += 1;
            m->elements += n;
        }
    }
    free(x);
    free(y);
    free(exact);
    return good;
}
