/*
 * The recipes of docs/guide.md, run and compared with their formulas in double.
 *
 *   act_guide GUIDE.md GUIDE.c     also fails if a code line of the guide, a span that ends with a
 *                                  semicolon, is not in this source
 */
#include <act/act.h>
#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 4, COLS = 24, ALL = ROWS * COLS, QUERIES = 2, HEADS = 2 };
static const size_t rows = ROWS, cols = COLS, n = ALL;
static const size_t queries = QUERIES, keys = COLS, past = COLS - QUERIES;

static float start[2 * ALL], x[2 * ALL], dst[ALL], gate[ALL], up[ALL], packed[2 * ALL];
static int failures;

static void fill(float *to, size_t count, unsigned long long state) {
    for (size_t i = 0; i < count; ++i) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        to[i] = (float)(state >> 40) * 0x1p-22F - 2.0F;
    }
}
static void begin(void) {
    fill(start, 2 * n, 1);
    memcpy(x, start, sizeof x);
}
static void expect(const char *recipe, double result, double exact) {
    if (!(fabs(result - exact) <= 1e-5 * fmax(1, fabs(exact)))) {
        printf("%s: %.9g, should be %.9g\n", recipe, result, exact);
        ++failures;
    }
}

/* One row's exponentials, z[j] of the formula in the array. */
static double softmax_of(const double *z, size_t count, size_t j) {
    double sum = 0;
    for (size_t k = 0; k < count; ++k)
        sum += exp(z[k] - z[j]);
    return 1 / sum;
}
static void scaled(double *z, const float *row, double scale) {
    for (size_t j = 0; j < cols; ++j)
        z[j] = scale * (double)row[j];
}

static void rows_by_recipes(void) {
    double z[COLS];
    const float T = 0.7F;
    begin();
    act_softmax_masked_f32(x, NULL, 0, rows, cols, 1.0F / T, ACT_EMPTY_ROWS_NAN);
    scaled(z, start, 1 / (double)T);
    expect("temperature", (double)x[5], softmax_of(z, cols, 5));
    begin();
    act_softmin_f32(x, rows, cols);
    scaled(z, start, -1);
    expect("softmin", (double)x[5], softmax_of(z, cols, 5));

    begin();
    const float kth = 0.5F;
    for (size_t i = 0; i < n; ++i)
        x[i] = x[i] < kth ? -INFINITY : x[i];
    act_softmax_f32(x, rows, cols);
    for (size_t i = 0; i < n; ++i)
        if (start[i] < kth)
            expect("top-k", (double)x[i], 0);

    begin();
    act_log_softmax_f32(x, rows, cols);
    scaled(z, start, 1);
    expect("log-probabilities", (double)x[7], log(softmax_of(z, cols, 7)));

    begin();
    act_hardmax_f32(x, rows, cols);
    for (size_t r = 0; r < rows; ++r) {
        size_t top = 0;
        for (size_t j = 0; j < cols; ++j)
            top = start[r * cols + j] > start[r * cols + top] ? j : top;
        expect("hardmax", (double)x[r * cols + top], 1);
    }
    begin();
    act_sparsemax_f32(x, rows, cols);
    double sum = 0;
    for (size_t j = 0; j < cols; ++j)
        sum += (double)x[j];
    expect("sparsemax", sum, 1);

    const size_t N = 2, C = 3, H = 4, W = 4;
    begin();
    act_softmax_columns_f32(x, N, C, H * W);
    z[0] = (double)start[1], z[1] = (double)start[1 + H * W], z[2] = (double)start[1 + 2 * H * W];
    expect("channels", (double)x[1], softmax_of(z, C, 0));
    begin();
    act_softmax_columns_f32(x, 1, rows, cols);
    for (size_t r = 0; r < rows; ++r)
        z[r] = (double)start[r * cols + 2];
    expect("axis 0", (double)x[2], softmax_of(z, rows, 0));

    float slopes[3] = {0.25F, 0.5F, 0.75F}, dslopes[3] = {0, 0, 0};
    begin();
    act_prelu_channels_f32(x, slopes, N, C, H * W);
    for (size_t i = 0; i < N * C * H * W; ++i)
        expect("prelu", (double)x[i],
               (double)start[i] * (start[i] < 0 ? (double)slopes[i / (H * W) % C] : 1));
    const float *dy = gate;
    begin();
    fill(gate, n, 9);
    act_prelu_slope_grad_f32(dslopes, dy, x, N, C, H * W);
    double exact = 0;
    for (size_t i = 0; i < N * C * H * W; ++i)
        exact += i / (H * W) % C == 1 && x[i] < 0 ? (double)dy[i] * (double)x[i] : 0;
    expect("gradient by a slope", (double)dslopes[1], exact);
}

/* What a head gives in query i, from the formula. */
static void attention_by_recipes(void) {
    static const size_t lengths[HEADS * QUERIES] = {3, 5, 7, 9};
    static const float head_slopes[HEADS] = {0.5F, 0.25F}, head_sinks[HEADS] = {1.0F, -1.0F};
    static float mask[QUERIES * COLS];
    double z[COLS + 1];
    begin();
    {
        act_attention_rows options = ACT_ATTENTION_ROWS_INIT;
        options.causal = 1;
        options.rows_per_head = queries;
        options.causal_offset = past;
        act_attention_softmax_f32(x, rows, cols, &options);
        scaled(z, start + 2 * cols, 1);
        expect("causal", (double)x[2 * cols + 3], softmax_of(z, past + 1, 3));
        expect("causal, a later key", (double)x[3 * cols - 1], 0);
    }
    begin();
    {
        act_attention_rows options = ACT_ATTENTION_ROWS_INIT;
        options.valid = lengths;
        act_attention_softmax_f32(x, rows, cols, &options);
        scaled(z, start + cols, 1);
        expect("padding", (double)x[cols + 4], softmax_of(z, 5, 4));
    }
    begin();
    {
        act_attention_rows options = ACT_ATTENTION_ROWS_INIT;
        for (size_t i = 0; i < queries * keys; ++i)
            mask[i] = i % keys < 6 ? 0.0F : -FLT_MAX;
        options.mask = mask;
        options.mask_stride = keys;
        options.mask_rows = queries;
        options.mask_lowest = -FLT_MAX;
        act_attention_softmax_f32(x, rows, cols, &options);
        scaled(z, start + cols, 1);
        expect("lowest", (double)x[cols + 4], softmax_of(z, 6, 4));
    }
    begin();
    {
        act_attention_rows options = ACT_ATTENTION_ROWS_INIT;
        for (size_t i = 0; i < queries; ++i)
            for (size_t j = 0; j < keys; ++j)
                mask[i * keys + j] = (float)j - (float)i;
        options.mask = mask;
        options.mask_stride = keys;
        options.mask_rows = queries;
        options.rows_per_head = queries;
        options.slopes = head_slopes;
        act_attention_softmax_f32(x, rows, cols, &options);
        for (size_t j = 0; j < cols; ++j)
            z[j] = (double)start[2 * cols + j] + 0.25 * (double)j;
        expect("ALiBi", (double)x[2 * cols + 8], softmax_of(z, cols, 8));
    }
    begin();
    {
        act_attention_rows options = ACT_ATTENTION_ROWS_INIT;
        options.rows_per_head = queries;
        options.sinks = head_sinks;
        act_attention_softmax_f32(x, rows, cols, &options);
        scaled(z, start, 1);
        z[cols] = 1.0;
        expect("sink", (double)x[8], softmax_of(z, cols + 1, 8));
    }
    begin();
    {
        act_attention_rows options = ACT_ATTENTION_ROWS_INIT;
        options.softcap = 50.0F;
        act_attention_softmax_f32(x, rows, cols, &options);
        for (size_t j = 0; j < cols; ++j)
            z[j] = 50 * tanh((double)start[j] / 50);
        expect("softcap", (double)x[8], softmax_of(z, cols, 8));
    }
    begin();
    {
        float *const s = x;
        float m;
        double sum;
        act_max_f32(s, n, &m);
        act_exp_sum_f32(s, n, m, &sum);
        double exact = 0;
        for (size_t i = 0; i < n; ++i)
            exact += exp((double)start[i] - (double)m);
        expect("a block of keys", sum, exact);
    }
}

static double silu(double v) { return v / (1 + exp(-v)); }
static double gelu(double v) { return v * erfc(-v * sqrt(0.5)) / 2; }
static double gelu_tanh(double v) {
    return v * (1 + tanh(0.7978845608028654 * (v + 0.044715 * v * v * v))) / 2;
}
static double step_by_step(double v, double by) { return fmin(fmax(v, -by), by); }

static void gates_by_recipes(void) {
    fill(gate, n, 3);
    fill(up, n, 4);
    const double g = (double)gate[9], u = (double)up[9];
    act_swiglu_f32(dst, gate, up, n);
    expect("SwiGLU", (double)dst[9], silu(g) * u);
    act_geglu_f32(dst, gate, up, n);
    expect("GEGLU", (double)dst[9], gelu(g) * u);
    act_geglu_tanh_f32(dst, gate, up, n);
    expect("GEGLU of Gemma", (double)dst[9], gelu_tanh(g) * u);
    act_swiglu_clamped_f32(dst, gate, up, n, 1.702F, 7.0F);
    expect("gpt-oss", (double)dst[9],
           fmin(g, 7) / (1 + exp(-(double)1.702F * fmin(g, 7))) * (step_by_step(u, 7) + 1));
    fill(packed, 2 * n, 5);
    act_swiglu_rows_f32(dst, cols, packed, 2 * cols, packed + cols, 2 * cols, rows, cols);
    expect("packed", (double)dst[cols + 3],
           silu((double)packed[2 * cols + 3]) * (double)packed[3 * cols + 3]);
    act_swiglu_interleaved_f32(dst, cols, packed, 2 * cols, rows, cols);
    expect("interleaved", (double)dst[cols + 3],
           silu((double)packed[2 * cols + 6]) * (double)packed[2 * cols + 7]);
}

static void functions_by_recipes(void) {
    const float alpha = 0.8F, gamma = 1.25F;
    begin();
    act_scaled_elu_f32(x, n, alpha, gamma);
    for (size_t i = 0; i < n; ++i) {
        const double v = (double)start[i];
        expect("SELU of the model", (double)x[i],
               (double)gamma * (v < 0 ? (double)alpha * expm1(v) : v));
    }
    begin();
    act_snake_f32(x, n, alpha);
    const double sine = sin((double)alpha * (double)start[3]);
    expect("snake", (double)x[3], (double)start[3] + sine * sine / (double)alpha);
    begin();
    act_laplace_f32(x, n, 0.707107F, 0.282095F);
    expect("laplace", (double)x[3],
           erfc(((double)0.707107F - (double)start[3]) / (double)0.282095F * sqrt(0.5)) / 2);

    act_params params;
    const act_function fn = act_function_from_name("leaky_relu");
    act_function_parameters(fn, NULL, &params);
    begin();
    act_apply_rows_f32(fn, &params, x, 2 * cols, x, 2 * cols, rows, cols);
    expect("rows of a matrix", (double)x[2 * cols + 1],
           (double)start[2 * cols + 1] * (start[2 * cols + 1] < 0 ? (double)0.01F : 1));
    expect("beside the rows", (double)x[cols + 1], (double)start[cols + 1]);
    float dx[ALL];
    const float *dy = gate;
    fill(dx, n, 6);
    const double before = (double)dx[2];
    begin();
    act_apply_grad_add_f32(fn, &params, dx, dy, x, n);
    expect("a gradient that is added", (double)dx[2],
           before + (double)dy[2] * (x[2] > 0 ? 1 : (double)0.01F));
}

/* The file without white space, which the two may lay out in different ways. */
static char *read_dense(const char *path, char *text, size_t room) {
    FILE *file = fopen(path, "r");
    size_t length = 0;
    for (int c; file && length < room - 1 && (c = fgetc(file)) != EOF;)
        if (!isspace(c))
            text[length++] = (char)c;
    text[length] = '\0';
    if (!file || fclose(file) != 0 || length == 0 || length == room - 1) {
        printf("%s: cannot be read\n", path);
        ++failures;
    }
    return text;
}
static void compare(const char *guide_path, const char *source_path) {
    static char guide[1 << 16], source[1 << 16];
    read_dense(source_path, source, sizeof source);
    int lines = 0;
    for (char *span = strchr(read_dense(guide_path, guide, sizeof guide), '`'), *end;
         span && (end = strchr(span + 1, '`')); span = strchr(end + 1, '`')) {
        *end = '\0';
        if (end[-1] != ';')
            continue;
        ++lines;
        if (!strstr(source, span + 1)) {
            printf("the guide's %s is not in %s\n", span + 1, source_path);
            ++failures;
        }
    }
    if (lines < 20) {
        printf("only %d code lines in %s\n", lines, guide_path);
        ++failures;
    }
}

int main(int argc, char **argv) {
    rows_by_recipes();
    attention_by_recipes();
    gates_by_recipes();
    functions_by_recipes();
    if (argc == 3)
        compare(argv[1], argv[2]);
    printf(failures ? "%d failures\n" : "all recipes give what they say\n", failures);
    return failures != 0;
}
