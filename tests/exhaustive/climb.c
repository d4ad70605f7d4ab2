/* Rows of a few values, each repeated some number of times, and the steps from row to row. */
#include "exhaustive/climb.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exhaustive/rows.h"
#include "support/data.h"
#include "support/rows.h"

/* Most rows are short, since their search is fast; some are long enough for every kind of sum. */
enum { DISTINCT = 8, LONGEST = 4096, LENGTHS = 8, PATIENCE = 400 };
static const size_t lengths[LENGTHS] = {8, 16, 40, 80, 80, 256, 256, LONGEST};

typedef struct {
    size_t distinct, count[DISTINCT];
    float value[DISTINCT][ROW_OPERANDS];
} row_recipe;

typedef enum { RELATIVE, SUBNORMAL, SUM, GOALS } goal;
static const char *const goal_names[GOALS] = {"of the scale", "ULP below 2^-126", "sum - 1"};

typedef struct {
    const row_wise *f;
    goal goal;
    double range;
    random_source random;
    row_room room;
    double *exact, *scale;
} climber;

static float drawn(climber *c, row_content content) {
    const double u = random_unit(&c->random), sign = random_below(&c->random, 2) ? 1 : -1;
    switch (content) {
    case LOGITS: /* of all magnitudes: with a maximum near 0, the logarithm is most of the sum */
        return (float)ldexp(sign * u * c->range,
                            random_below(&c->random, 2) ? 0 : -(int)random_below(&c->random, 12));
    case MASK:
        return 0;
    case SLOPES:
        return (float)(sign * u);
    case CHANGES:
        return (float)(sign * (0.5 + u) * exp2((double)random_below(&c->random, 6)));
    case WEIGHTS:
        return (float)(sign > 0 ? u : exp(-20 * u));
    default:
        return (float)(-u * (sign > 0 ? 1 : 20));
    }
}

static size_t columns(const row_recipe *r) {
    size_t n = 0;
    for (size_t i = 0; i < r->distinct; ++i)
        n += r->count[i];
    return n;
}

static void draw_column(climber *c, row_recipe *r, size_t i) {
    for (size_t k = 0; k < ROW_OPERANDS; ++k)
        r->value[i][k] = drawn(c, c->f->operand[k].content);
}

static row_recipe draw(climber *c) {
    row_recipe r = {.distinct =
                        1 + random_below(&c->random, 1 + random_below(&c->random, DISTINCT))};
    const size_t length = lengths[random_below(&c->random, LENGTHS)];
    const size_t most = length / r.distinct > 1 ? length / r.distinct : 1;
    for (size_t i = 0; i < r.distinct; ++i) {
        draw_column(c, &r, i);
        r.count[i] = random_below(&c->random, 2) ? 1 : 1 + random_below(&c->random, most);
    }
    return r;
}

/* Whether the operand may have this value; no other value may be tried. */
static bool in_domain(const climber *c, row_content content, float x) {
    switch (content) {
    case LOGITS:
        return fabs((double)x) <= c->range;
    case WEIGHTS:
        return x >= FLT_MIN && x <= 1;
    case LOGARITHMS:
        return x <= 0 && x >= -80;
    case CHANGES:
        return fabsf(x) > 0x1p-20F && fabsf(x) < 0x1p20F;
    case SLOPES:
        return fabsf(x) <= 1;
    default:
        return x == 0;
    }
}

/* One value moved by any number of floats, or drawn anew, or repeated more or fewer times. */
static row_recipe step(climber *c, const row_recipe *from) {
    row_recipe r = *from;
    const size_t i = random_below(&c->random, r.distinct);
    const size_t kind = random_below(&c->random, 12);
    if (kind == 0) {
        draw_column(c, &r, i);
    } else if (kind == 1 && r.distinct < DISTINCT) {
        draw_column(c, &r, r.distinct);
        r.count[r.distinct++] = 1;
    } else if (kind == 2 && r.distinct > 1) {
        r.distinct -= 1;
        r.count[i] = r.count[r.distinct];
        memcpy(r.value[i], r.value[r.distinct], sizeof r.value[i]);
    } else if (kind <= 4) {
        r.count[i] = kind == 3 ? r.count[i] + 1 + random_below(&c->random, 1 + r.count[i] / 4)
                               : r.count[i] - random_below(&c->random, (r.count[i] + 3) / 4);
        if (columns(&r) > LONGEST)
            return *from;
    } else {
        const size_t k = random_below(&c->random, ROW_OPERANDS);
        const uint32_t far = (uint32_t)1 << random_below(&c->random, 23);
        const uint32_t by = 1 + (uint32_t)random_below(&c->random, far);
        const uint32_t bits = bits_of(r.value[i][k]);
        const float moved = float_of(random_below(&c->random, 2) ? bits + by : bits - by);
        if (c->f->operand[k].shape != NOTHING && in_domain(c, c->f->operand[k].content, moved))
            r.value[i][k] = moved;
    }
    return r;
}

static double error_of_result(const climber *c, float y, double exact, double scale) {
    const double error = fabs((double)y - exact);
    if (c->goal == SUBNORMAL)
        return fabs(exact) < 0x1p-126 && exact != 0 ? error * 0x1p149 : 0;
    return fabs(exact) < 0x1p-126 || scale < 0x1p-120 ? 0 : error / scale;
}

static double error_of(climber *c, const row_recipe *r) {
    const row_wise *f = c->f;
    const size_t n = columns(r);
    row_call call = row_call_in(&c->room, 1, n, n, n);
    for (size_t k = 0; k < ROW_OPERANDS; ++k)
        for (size_t i = 0, at = 0; i < r->distinct; ++i)
            for (size_t end = at + r->count[i]; at < end; ++at)
                call.src[k][f->operand[k].shape == ONE_PER_ROW ? 0 : at] = r->value[i][k];
    if (f->call(&call) != ACT_OK)
        return INFINITY;
    row_operands x;
    row_parts(x, f, &call, 0);
    f->reference(c->exact, x, n);
    f->scale(c->scale, c->exact, x, n);
    double worst = 0, sum = -1;
    for (size_t i = 0; i < row_results(f, n); ++i) {
        sum += (double)call.dst[i];
        if (c->goal != SUM)
            worst = fmax(worst, error_of_result(c, call.dst[i], c->exact[i], c->scale[i]));
    }
    return c->goal == SUM ? fabs(sum) : worst;
}

static double climb(climber *c, uint64_t rows, row_recipe *worst) {
    double highest = 0;
    for (uint64_t tried = 0; tried < rows;) {
        row_recipe here = draw(c);
        double height = error_of(c, &here);
        ++tried;
        for (int patience = PATIENCE; patience > 0 && tried < rows; --patience, ++tried) {
            const row_recipe next = step(c, &here);
            const double error = error_of(c, &next);
            if (error > height)
                patience = PATIENCE;
            if (error >= height) {
                height = error;
                here = next;
            }
        }
        if (height > highest) {
            highest = height;
            *worst = here;
        }
    }
    return highest;
}

static void report(const climber *c, double found, double bound, const row_recipe *r) {
    printf("%-22s within %-4g %10.4e %s, bound %.3g:", c->f->name, c->range, found,
           goal_names[c->goal], bound);
    for (size_t i = 0; i < r->distinct; ++i) {
        printf(" %zu*", r->count[i]);
        for (size_t k = 0; k < ROW_OPERANDS; ++k)
            if (c->f->operand[k].shape != NOTHING)
                printf("%s%a", k ? "/" : "", (double)r->value[i][k]);
    }
    printf("\n");
    fflush(stdout);
}

/* The stated bound of a function's errors of that kind; 0 if there is none. */
static double stated(const row_wise *f, goal g, double range) {
    const bool softmax =
        strncmp(f->name, "softmax", strlen("softmax")) == 0 && !strstr(f->name, "grad");
    switch (g) {
    case RELATIVE:
        return range <= 10 ? f->bound->within_10 : f->bound->within_100;
    case SUBNORMAL:
        return softmax && !f->bound->fast && range > 10 ? row_subnormal_bound : 0;
    default:
        return !softmax ? 0 : f->bound->fast ? row_fast_sum_bound : row_sum_bound;
    }
}

bool climb_rows(const char *function, uint64_t rows, uint64_t seed, bool *found) {
    static const double ranges[] = {10, 100};
    climber c = {.random = {seed}, .room = row_room_new(LONGEST)};
    c.exact = malloc(LONGEST * sizeof *c.exact);
    c.scale = malloc(LONGEST * sizeof *c.scale);
    const bool room = c.exact && c.scale;
    bool good = room;
    for (size_t i = 0; room && i < row_wise_count; ++i)
        for (size_t k = 0; k < 2; ++k)
            for (goal g = RELATIVE; g < GOALS; ++g) {
                c.f = row_wise_functions[i];
                c.goal = g;
                c.range = ranges[k];
                const double bound = stated(c.f, g, c.range);
                if (bound == 0 || (function && strcmp(function, c.f->name) != 0))
                    continue;
                *found = true;
                row_recipe worst = {0};
                const double error = climb(&c, rows, &worst);
                report(&c, error, bound, &worst);
                good &= error <= bound;
            }
    row_room_free(&c.room);
    free(c.exact);
    free(c.scale);
    return good;
}
