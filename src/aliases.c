/* Functions by the names that model files use: a table from aliases.def. */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "act/act.h"

enum {
    ONNX = 1 << 0,
    TORCH = 1 << 1,
    KERAS2 = 1 << 2,
    KERAS3 = 1 << 3,
    KERAS = KERAS2 | KERAS3,
    TRANSFORMERS = 1 << 4,
    ANY_PROJECT = ONNX | TORCH | KERAS | TRANSFORMERS
};

static const struct {
    const char *name;
    unsigned bit;
} projects[] = {{"onnx", ONNX},
                {"torch", TORCH},
                {"keras2", KERAS2},
                {"keras", KERAS3},
                {"transformers", TRANSFORMERS}};

static const struct {
    const char *name;
    unsigned projects;
    act_function function;
    bool given;
    float first, second;
} aliases[] = {
#define USUAL                false, 0.0F, 0.0F
#define GIVEN(first, second) true, first, second
#define ACT_ALIAS(name, projects_, function, parameters)                                           \
    {name, projects_, ACT_FUNCTION_##function, parameters},
#include "aliases.def"
};
enum { ALIASES = sizeof aliases / sizeof aliases[0] };

/* 0 for an unknown project. */
static unsigned bit_of(const char *project) {
    if (!project)
        return ANY_PROJECT;
    for (size_t i = 0; i < sizeof projects / sizeof projects[0]; ++i)
        if (strcmp(project, projects[i].name) == 0)
            return projects[i].bit;
    return 0;
}

act_function act_function_from_alias(const char *project, const char *name, act_params *params) {
    const unsigned asked = bit_of(project);
    size_t found = ALIASES, meanings = 0;
    for (size_t i = 0; name && i < ALIASES; ++i)
        if ((aliases[i].projects & asked) != 0 && strcmp(name, aliases[i].name) == 0) {
            found = i;
            ++meanings;
        }
    if (meanings != 1)
        return ACT_FUNCTION_NONE;
    if (params && aliases[found].given)
        *params = (act_params){aliases[found].first, aliases[found].second};
    else if (params)
        (void)act_function_parameters(aliases[found].function, NULL, params);
    return aliases[found].function;
}
