/* The only part of the tour that knows single functions: their formulas, as in act.h. */
#include "formula.h"

#include <stdio.h>
#include <string.h>

static const char *const text[ACT_FUNCTIONS] = {
    [ACT_FUNCTION_SIGMOID] = "1 / (1 + exp(-x))",
    [ACT_FUNCTION_RELU] = "x < 0 ? 0 : x",
    [ACT_FUNCTION_LEAKY_RELU] = "x < 0 ? slope x : x",
    [ACT_FUNCTION_STEP] = "x < 0 ? 0 : x > 0 ? 1 : value",
    [ACT_FUNCTION_LINEAR] = "a x + b",
    [ACT_FUNCTION_RELU6] = "min(max(x, 0), 6)",
    [ACT_FUNCTION_CLIP] = "min(max(x, lo), hi)",
    [ACT_FUNCTION_HARDTANH] = "min(max(x, lo), hi)",
    [ACT_FUNCTION_THRESHOLD] = "x > theta ? x : value",
    [ACT_FUNCTION_SOFTSIGN] = "x / (1 + |x|)",
    [ACT_FUNCTION_HARDSIGMOID] = "min(max(alpha x + beta, 0), 1)",
    [ACT_FUNCTION_HARDSWISH] = "x min(max(x + 3, 0), 6) / 6",
    [ACT_FUNCTION_HARDSHRINK] = "|x| > lambda ? x : 0",
    [ACT_FUNCTION_SOFTSHRINK] = "x > lambda ? x - lambda : x < -lambda ? x + lambda : 0",
    [ACT_FUNCTION_THRESHOLDED_RELU] = "x > alpha ? x : 0",
    [ACT_FUNCTION_TANH] = "(exp(x) - exp(-x)) / (exp(x) + exp(-x))",
    [ACT_FUNCTION_EXP] = "exp(x)",
    [ACT_FUNCTION_ELU] = "x < 0 ? alpha (exp(x) - 1) : x",
    [ACT_FUNCTION_SELU] = "1.0507 (x < 0 ? 1.6733 (exp(x) - 1) : x)",
    [ACT_FUNCTION_CELU] = "x < 0 ? alpha (exp(x / alpha) - 1) : x",
    [ACT_FUNCTION_SOFTPLUS] = "beta x > threshold ? x : log(1 + exp(beta x)) / beta",
    [ACT_FUNCTION_SQUAREPLUS] = "(x + sqrt(x^2 + b)) / 2",
    [ACT_FUNCTION_LOG_SIGMOID] = "-log(1 + exp(-x))",
    [ACT_FUNCTION_SILU] = "x sigmoid(beta x)",
    [ACT_FUNCTION_GELU] = "x (1 + erf(x / sqrt(2))) / 2",
    [ACT_FUNCTION_GELU_TANH] = "x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2",
    [ACT_FUNCTION_GELU_QUICK] = "x sigmoid(1.702 x)",
    [ACT_FUNCTION_RELU_SQUARED] = "x < 0 ? 0 : x^2",
    [ACT_FUNCTION_SPARSE_PLUS] = "x <= -1 ? 0 : x < 1 ? (x + 1)^2 / 4 : x",
    [ACT_FUNCTION_TANHSHRINK] = "x - tanh(x)",
    [ACT_FUNCTION_SOFTCAP] = "cap tanh(x / cap)",
    [ACT_FUNCTION_SQRT_SOFTPLUS] = "sqrt(log(1 + exp(x)))",
    [ACT_FUNCTION_SCALED_ELU] = "gamma (x < 0 ? alpha (exp(x) - 1) : x)",
    [ACT_FUNCTION_LAPLACE] = "(1 + erf((x - mu) / (sigma sqrt(2)))) / 2",
    [ACT_FUNCTION_SNAKE] = "x + sin(alpha x)^2 / alpha",
    [ACT_FUNCTION_MISH] = "x tanh(log(1 + exp(x)))",
};

/* The function of the default tier with the same formula: itself, if it is of that tier. */
static act_function in_default_tier(act_function fn) {
    static const char suffix[] = "_fast";
    const char *name = act_function_name(fn);
    const size_t length = strlen(name);
    char base[64];
    if (length < sizeof suffix || strcmp(name + length + 1 - sizeof suffix, suffix) != 0)
        return fn;
    snprintf(base, sizeof base, "%.*s", (int)(length + 1 - sizeof suffix), name);
    return act_function_from_name(base);
}

static void describe_parameters(act_function fn, char *words, size_t size) {
    const char *names[2];
    act_params usual;
    const size_t count = act_function_parameters(fn, names, &usual);
    words[0] = '\0';
    if (count == 1)
        snprintf(words, size, "%s = %g", names[0], (double)usual.first);
    else if (count == 2)
        snprintf(words, size, "%s = %g, %s = %g", names[0], (double)usual.first, names[1],
                 (double)usual.second);
}

bool formula_of(act_function fn, struct formula *formula) {
    const act_function plain = in_default_tier(fn);
    *formula = (struct formula){
        .fn = fn, .name = act_function_name(fn), .text = text[plain], .fast = plain != fn};
    describe_parameters(fn, formula->parameters, sizeof formula->parameters);
    if (!formula->text)
        fprintf(stderr, "act_tour: no formula for %s, see formula.c\n", formula->name);
    return formula->text;
}
