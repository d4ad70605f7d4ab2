/* The names that other projects have for the functions, and the parameters that they mean. */
#include <math.h>
#include <string.h>

#include "act/act.h"
#include "support/harness.h"

enum { FORGOTTEN = -7 };
static act_params untouched(void) { return (act_params){FORGOTTEN, FORGOTTEN}; }

static void assert_alias(const char *project, const char *name, act_function fn, float first,
                         float second) {
    act_params p = untouched();
    assert_int_equal(act_function_from_alias(project, name, NULL), fn);
    if (act_function_from_alias(project, name, &p) != fn || p.first != first || p.second != second)
        fail_msg("%s of %s has parameters %g, %g", name, project ? project : "all", (double)p.first,
                 (double)p.second);
}

static void assert_none(const char *project, const char *name) {
    act_params p = untouched();
    if (act_function_from_alias(project, name, &p) != ACT_FUNCTION_NONE)
        fail_msg("%s of %s is a function", name, project ? project : "all");
    assert_true(p.first == FORGOTTEN && p.second == FORGOTTEN);
}

/* Complete lists of the projects' names: the function of each, or that there is none. */
typedef struct {
    const char *name, *function; /* NULL: no elementwise function of this library */
} expected_name;

static void check_list(const char *project, const expected_name *list, size_t count) {
    for (size_t i = 0; i < count; ++i) {
        act_function fn = act_function_from_alias(project, list[i].name, NULL);
        const char *found = act_function_name(fn), *wanted = list[i].function;
        if (wanted ? !found || strcmp(found, wanted) != 0 : found != NULL)
            fail_msg("%s of %s is %s, should be %s", list[i].name, project, found ? found : "none",
                     wanted ? wanted : "none");
    }
}
#define CHECK_LIST(project, list) check_list(project, list, sizeof(list) / sizeof(list)[0])

static void lists_of_projects(void **state) {
    (void)state;
    static const expected_name transformers[] = {
        {"gelu", "gelu"},
        {"gelu_10", NULL},
        {"gelu_fast", "gelu_tanh"},
        {"gelu_new", "gelu_tanh"},
        {"gelu_python", "gelu"},
        {"gelu_pytorch_tanh", "gelu_tanh"},
        {"gelu_python_tanh", "gelu_tanh"},
        {"gelu_accurate", "gelu_tanh"},
        {"hardswish", "hardswish"},
        {"laplace", "laplace"},
        {"leaky_relu", "leaky_relu"},
        {"linear", "linear"},
        {"mish", "mish"},
        {"quick_gelu", "gelu_quick"},
        {"relu", "relu"},
        {"relu2", "relu_squared"},
        {"relu6", "relu6"},
        {"sigmoid", "sigmoid"},
        {"silu", "silu"},
        {"swish", "silu"},
        {"tanh", "tanh"},
        {"prelu", NULL},
        {"xielu", NULL},
    };
    static const expected_name torch[] = {
        {"threshold", "threshold"},
        {"relu", "relu"},
        {"hardtanh", "hardtanh"},
        {"hardswish", "hardswish"},
        {"relu6", "relu6"},
        {"elu", "elu"},
        {"selu", "selu"},
        {"celu", "celu"},
        {"leaky_relu", "leaky_relu"},
        {"prelu", NULL},
        {"rrelu", "leaky_relu"},
        {"glu", NULL},
        {"gelu", "gelu"},
        {"logsigmoid", "log_sigmoid"},
        {"hardshrink", "hardshrink"},
        {"tanhshrink", "tanhshrink"},
        {"softsign", "softsign"},
        {"softplus", "softplus"},
        {"softmin", NULL},
        {"softmax", NULL},
        {"softshrink", "softshrink"},
        {"gumbel_softmax", NULL},
        {"log_softmax", NULL},
        {"tanh", "tanh"},
        {"sigmoid", "sigmoid"},
        {"hardsigmoid", "hardsigmoid"},
        {"silu", "silu"},
        {"mish", "mish"},
    };
    static const expected_name keras[] = {
        {"celu", "celu"},
        {"crelu", NULL},
        {"elu", "elu"},
        {"exponential", "exp"},
        {"gelu", "gelu"},
        {"glu", NULL},
        {"hard_shrink", "hardshrink"},
        {"hard_sigmoid", "hardsigmoid"},
        {"hard_silu", "hardswish"},
        {"hard_swish", "hardswish"},
        {"hard_tanh", "hardtanh"},
        {"leaky_relu", "leaky_relu"},
        {"linear", "linear"},
        {"log_sigmoid", "log_sigmoid"},
        {"log_softmax", NULL},
        {"mish", "mish"},
        {"relu", "relu"},
        {"relu6", "relu6"},
        {"selu", "selu"},
        {"sigmoid", "sigmoid"},
        {"silu", "silu"},
        {"soft_shrink", "softshrink"},
        {"softmax", NULL},
        {"softplus", "softplus"},
        {"softsign", "softsign"},
        {"sparse_plus", "sparse_plus"},
        {"squareplus", "squareplus"},
        {"sparse_sigmoid", NULL},
        {"sparsemax", NULL},
        {"swish", "silu"},
        {"tanh", "tanh"},
        {"tanh_shrink", "tanhshrink"},
        {"threshold", "threshold"},
    };
    static const expected_name onnx[] = {
        {"Celu", "celu"},
        {"Clip", "clip"},
        {"Elu", "elu"},
        {"Exp", "exp"},
        {"Gelu", "gelu"},
        {"HardSigmoid", "hardsigmoid"},
        {"HardSwish", "hardswish"},
        {"Identity", "linear"},
        {"LeakyRelu", "leaky_relu"},
        {"LogSoftmax", NULL},
        {"Mish", "mish"},
        {"PRelu", NULL},
        {"Relu", "relu"},
        {"Selu", "selu"},
        {"Shrink", "hardshrink"},
        {"Sigmoid", "sigmoid"},
        {"Softmax", NULL},
        {"Softplus", "softplus"},
        {"Softsign", "softsign"},
        {"Swish", "silu"},
        {"Tanh", "tanh"},
        {"ThresholdedRelu", "thresholded_relu"},
    };
    CHECK_LIST("transformers", transformers);
    CHECK_LIST("torch", torch);
    CHECK_LIST("keras", keras);
    CHECK_LIST("onnx", onnx);
}

static void parameters_of_each(void **state) {
    (void)state;
    const float sixth = 1.0F / 6.0F;
    assert_alias("keras", "hard_sigmoid", ACT_FUNCTION_HARDSIGMOID, sixth, 0.5F);
    assert_alias("keras2", "hard_sigmoid", ACT_FUNCTION_HARDSIGMOID, 0.2F, 0.5F);
    assert_alias("onnx", "HardSigmoid", ACT_FUNCTION_HARDSIGMOID, 0.2F, 0.5F);
    assert_alias("torch", "hardsigmoid", ACT_FUNCTION_HARDSIGMOID, sixth, 0.5F);
    assert_alias("keras", "leaky_relu", ACT_FUNCTION_LEAKY_RELU, 0.2F, 0);
    assert_alias("keras2", "LeakyReLU", ACT_FUNCTION_LEAKY_RELU, 0.3F, 0);
    assert_alias("torch", "LeakyReLU", ACT_FUNCTION_LEAKY_RELU, 0.01F, 0);
    assert_alias("transformers", "leaky_relu", ACT_FUNCTION_LEAKY_RELU, 0.01F, 0);
    assert_alias("torch", "rrelu", ACT_FUNCTION_LEAKY_RELU, (1.0F / 8 + 1.0F / 3) / 2, 0);
    assert_alias("onnx", "Clip", ACT_FUNCTION_CLIP, -INFINITY, INFINITY);
    assert_alias("onnx", "Softplus", ACT_FUNCTION_SOFTPLUS, 1, INFINITY);
    assert_alias("torch", "softplus", ACT_FUNCTION_SOFTPLUS, 1, 20);
    assert_alias("torch", "Threshold", ACT_FUNCTION_THRESHOLD, 0, 0);
    assert_alias("onnx", "Shrink", ACT_FUNCTION_HARDSHRINK, 0.5F, 0);
    assert_alias("onnx", "ThresholdedRelu", ACT_FUNCTION_THRESHOLDED_RELU, 1, 0);
}

/* Without a project a name resolves only if it has a single meaning. */
static void names_without_project(void **state) {
    (void)state;
    static const char *const ambiguous[] = {"leaky_relu", "LeakyReLU", "hard_sigmoid", "softplus",
                                            "Softplus"};
    for (size_t i = 0; i < sizeof ambiguous / sizeof ambiguous[0]; ++i)
        assert_none(NULL, ambiguous[i]);
    assert_alias(NULL, "swish", ACT_FUNCTION_SILU, 1, 0);
    assert_alias(NULL, "quick_gelu", ACT_FUNCTION_GELU_QUICK, 0, 0);
    assert_alias(NULL, "logistic", ACT_FUNCTION_SIGMOID, 0, 0);
    assert_alias(NULL, "HardSigmoid", ACT_FUNCTION_HARDSIGMOID, 0.2F, 0.5F);
}

static void unknown_names(void **state) {
    (void)state;
    static const char *const names[] = {NULL, "", "RELU", "relu ", "none", "Relu6"};
    static const char *const projects[] = {NULL,    "onnx",   "torch",
                                           "keras", "keras2", "transformers"};
    for (size_t p = 0; p < sizeof projects / sizeof projects[0]; ++p)
        for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i)
            assert_none(projects[p], names[i]);
    assert_none("", "relu");
    assert_none("ONNX", "Relu");
    assert_none("onnx", "relu");
    assert_none("keras", "Relu");
}

/* Every function accepts the parameters that its alias gives. */
static void parameters_are_accepted(void **state) {
    (void)state;
    static const struct {
        const char *project, *name;
    } aliases[] = {{"onnx", "Clip"},   {"onnx", "Softplus"}, {"keras", "softplus"},
                   {"torch", "clamp"}, {"torch", "rrelu"},   {"keras2", "hard_sigmoid"}};
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; ++i) {
        float x[3] = {-1, 0.5F, 100};
        act_params p;
        act_function fn = act_function_from_alias(aliases[i].project, aliases[i].name, &p);
        assert_int_not_equal(fn, ACT_FUNCTION_NONE);
        assert_int_equal(act_apply_f32(fn, &p, x, x, 3), ACT_OK);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_projects),       cmocka_unit_test(parameters_of_each),
        cmocka_unit_test(names_without_project),   cmocka_unit_test(unknown_names),
        cmocka_unit_test(parameters_are_accepted),
    };
    return cmocka_run_group_tests_name("aliases", tests, NULL, NULL);
}
