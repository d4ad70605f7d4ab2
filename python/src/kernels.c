/*
 * The extension module _kernels: a ufunc for each function of functions.def, under its name there
 * (sigmoid, sigmoid_fast, sigmoid_grad, ...), and the choice of the backend.
 *
 * The result has the type of the array: float16, float32 or float64.  Parameters are operands, too,
 * always doubles, so that they have no say in the type.  Row-wise functions are generalised ufuncs.
 * The modules that generate.py writes give these functions the names and keywords of the package.
 */
#include <Python.h>
#include <stdio.h>
#include <string.h>

#include "loops.h"

#define PY_ARRAY_UNIQUE_SYMBOL actkernels_ARRAY_API
#define PY_UFUNC_UNIQUE_SYMBOL actkernels_UFUNC_API
#include <numpy/arrayobject.h>
#include <numpy/ufuncobject.h>

#include "docs.h" /* of generate.py: doc_of() */

/* The calls: one for each function and type, which puts the arrays into their places. */

typedef float param_f16, param_f32;
typedef double param_f64;

#define CALL(name, type, operands, suffix, ...)                                                    \
    static act_status call_##name##_##type(operands, const double *param) {                        \
        const param_##type p = (param_##type)param[0], q = (param_##type)param[1];                 \
        (void)p, (void)q;                                                                          \
        return act_##name##_##type##suffix __VA_ARGS__;                                            \
    }
#define MAP_CALL(name, type, ...)  CALL(name, type, MAP_OPERANDS, __VA_ARGS__)
#define ROWS_CALL(name, type, ...) CALL(name, type, ROWS_OPERANDS, __VA_ARGS__)
#define MAP_OPERANDS               char *const *array, size_t n
#define ROWS_OPERANDS              char *const *array, const size_t *stride, size_t rows, size_t cols

/* C converts a pointer to void to the type that the function takes. */
#define AT(i)  ((void *)array[i])
#define ROW(i) AT(i), stride[i]

#define CALL_MAP(name, type, params)  MAP_CALL(name, type, _to, (AT(1), AT(0), n PASS_##params))
#define CALL_PAIR(name, type, params) MAP_CALL(name, type, , (AT(2), AT(0), AT(1), n PASS_##params))
#define CALL_GATED_GRAD(name, type, params)                                                        \
    MAP_CALL(name, type, , (AT(3), AT(4), AT(0), AT(1), AT(2), n PASS_##params))
#define CALL_PRELU(name, type, params) /* one row of n channels */                                 \
    MAP_CALL(name, type, _to, (AT(2), n, AT(0), n, AT(1), 1, n))
#define CALL_PRELU_GRAD(name, type, params)                                                        \
    MAP_CALL(name, type, , (AT(3), n, AT(0), n, AT(1), n, AT(2), 1, n))
#define CALL_ROWS(name, type, params) ROWS_CALL(name, type, _to, (ROW(1), ROW(0), rows, cols))
#define CALL_ROWS_PAIR(name, type, params)                                                         \
    ROWS_CALL(name, type, , (ROW(2), ROW(0), ROW(1), rows, cols))
#define CALL_MASKED(name, type, params)                                                            \
    ROWS_CALL(name, type, _to,                                                                     \
              (ROW(2), ROW(0), ROW(1), rows, cols, p,                                              \
               q != 0 ? ACT_EMPTY_ROWS_ZERO : ACT_EMPTY_ROWS_NAN))
#define CALL_MASKED_GRAD(name, type, params)                                                       \
    ROWS_CALL(name, type, , (ROW(2), ROW(0), ROW(1), rows, cols, p))
#define CALL_ONE_PER_ROW(name, type, params) ROWS_CALL(name, type, , (AT(1), ROW(0), rows, cols))
#define CALL_ONE_PER_ROW_GRAD(name, type, params)                                                  \
    ROWS_CALL(name, type, , (ROW(2), AT(0), ROW(1), rows, cols))

#define LINE(type, loop, form, name, params, layout) CALL_##form(name, type, params)
#include "lines.h"

/* The types of one function follow each other. */
static kernel kernels[] = {
#define LINE(type, loop, form, name, params, layout)                                               \
    {#name, layout, .loop = call_##name##_##type, .numpy_type = NPY_##type},
#define NPY_f16 NPY_HALF
#define NPY_f32 NPY_FLOAT
#define NPY_f64 NPY_DOUBLE
#include "lines.h"
};
enum { KERNELS = sizeof kernels / sizeof *kernels, MOST_TYPES = 3 };

/* The functions of rows, one array to one, that libact has along other axes, too. */
#define COLUMNS_CALL(name, type, suffix)                                                           \
    static act_status columns_##name##_##type(void *dst, const void *src, size_t outer,            \
                                              size_t rows, size_t cols) {                          \
        return act_##name##_columns_##type##suffix(dst, src, outer, rows, cols);                   \
    }
#define COLUMNS_CALLS(name, suffix) COLUMNS_CALL(name, f32, suffix) COLUMNS_CALL(name, f64, suffix)
COLUMNS_CALLS(softmax, _to)
COLUMNS_CALLS(log_softmax, _to)
COLUMNS_CALLS(logsumexp, )
static columns_call *columns_of(const char *name, int type) {
    static const struct {
        const char *name;
        columns_call *f32, *f64;
    } columns[] = {{"softmax", columns_softmax_f32, columns_softmax_f64},
                   {"log_softmax", columns_log_softmax_f32, columns_log_softmax_f64},
                   {"logsumexp", columns_logsumexp_f32, columns_logsumexp_f64}};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; ++i)
        if (strcmp(columns[i].name, name) == 0)
            return type == NPY_DOUBLE ? columns[i].f64 : columns[i].f32;
    return NULL;
}

/* What a ufunc keeps pointers to. */
typedef struct ufunc_memory {
    kernel half; /* if libact has none */
    PyUFuncGenericFunction loops[MOST_TYPES];
    void *data[MOST_TYPES];
    char types[MOST_TYPES * MOST_OPERANDS];
} ufunc_memory;
static ufunc_memory memory[KERNELS];

/* A build of the library without SLEEF has no f64. */
static bool has_type(int type) {
    return type != NPY_DOUBLE || act_exp_f64(NULL, 0) != ACT_ERROR_UNSUPPORTED;
}

static kernel *find(const char *name, int type) {
    for (int i = 0; i < KERNELS; ++i)
        if (kernels[i].numpy_type == type && strcmp(kernels[i].name, name) == 0)
            return &kernels[i];
    return NULL;
}

/*
 * The fast tier is of f32.  Its ufuncs compute the other types by the default tier, so that a
 * program can replace the one by the other, whatever its arrays are.
 */
static void without_fast(char *base, size_t size, const char *name) {
    const char *fast = strstr(name, "_fast");
    const size_t before = fast ? (size_t)(fast - name) : strlen(name);
    snprintf(base, size, "%.*s%s", (int)before, name, fast ? fast + strlen("_fast") : "");
}

/* "rm>o" is "(n),(n)->()". */
static void write_signature(char *to, size_t size, const char *layout) {
    size_t length = 0;
    for (const char *c = layout; *c; ++c) {
        const bool last = !c[1] || c[1] == '>';
        const char *text = *c == '>' ? "->" : *c == 'r' || *c == 'm' ? "(n)" : "()";
        length += (size_t)snprintf(to + length, size - length, "%s%s", text,
                                   *c == '>' || last ? "" : ",");
    }
}

/*
 * The ufunc of kernels[first], the first line of its function.  Every one has float16, so that no
 * array changes its type; where libact has not, float16 is computed in float32 and rounded.
 */
static PyObject *new_ufunc(int first) {
    const kernel *k = &kernels[first];
    ufunc_memory *m = &memory[first];
    char base[64], signature[64];
    int types = 0;
    char *type = m->types;
    without_fast(base, sizeof base, k->name);
    write_signature(signature, sizeof signature, k->layout);

    /* NumPy takes the first type to which the arguments can be cast. */
    for (const int *t = (const int[]){NPY_HALF, NPY_FLOAT, NPY_DOUBLE, -1}; *t >= 0; ++t) {
        kernel *of_type = find(k->name, *t);
        if (!of_type)
            of_type = find(base, *t);
        if (!of_type && *t == NPY_HALF) {
            of_type = &m->half;
            if (!of_type->name) {
                *of_type = *find(k->name, NPY_FLOAT);
                of_type->numpy_type = NPY_HALF, of_type->by_float = true, of_type->operands = 0;
            }
        }
        if (!of_type || !has_type(*t))
            continue;
        if (of_type->operands == 0) /* not again: a module can be removed and imported anew */
            kernel_prepare(of_type);
        of_type->columns = columns_of(base, *t);
        m->loops[types] = of_type->map ? map_loop : rows_loop;
        m->data[types++] = of_type;
        for (int i = 0; i < of_type->operands; ++i)
            *type++ = (char)of_type->type_of[i];
    }
    const kernel *any = m->data[0];
    return PyUFunc_FromFuncAndDataAndSignature(m->loops, m->data, m->types, types, any->inputs,
                                               any->operands - any->inputs, PyUFunc_None, k->name,
                                               doc_of(k->name), 0, any->rows ? signature : NULL);
}

static int add_ufuncs(PyObject *module) {
    for (int i = 0; i < KERNELS; ++i) {
        if (i > 0 && strcmp(kernels[i].name, kernels[i - 1].name) == 0)
            continue;
        PyObject *ufunc = new_ufunc(i);
        if (!ufunc || PyModule_AddObject(module, kernels[i].name, ufunc) < 0) {
            Py_XDECREF(ufunc);
            return -1;
        }
    }
    return 0;
}

/* The functions of the module. */

static PyObject *python_backend(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none)) {
    return PyUnicode_FromString(act_backend());
}

static PyObject *python_backends(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(none)) {
    const char *names[16];
    size_t n = act_backends(names, 16);
    n = n < 16 ? n : 16;
    PyObject *tuple = PyTuple_New((Py_ssize_t)n);
    for (size_t i = 0; tuple && i < n; ++i) {
        PyObject *name = PyUnicode_FromString(names[i]);
        if (!name)
            Py_CLEAR(tuple);
        else
            PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, name);
    }
    return tuple;
}

static PyObject *python_set_backend(PyObject *Py_UNUSED(module), PyObject *argument) {
    const char *name = argument == Py_None ? NULL : PyUnicode_AsUTF8(argument);
    if (!name && argument != Py_None)
        return NULL;
    const act_status status = act_set_backend(name);
    if (status != ACT_OK)
        return PyErr_Format(PyExc_ValueError, "set_backend(%R): %s", argument,
                            act_status_string(status));
    Py_RETURN_NONE;
}

/* float(x), but of a number, not of a text. */
static PyObject *python_number(PyObject *Py_UNUSED(module), PyObject *x) {
    const double value = PyFloat_AsDouble(x);
    return value == -1.0 && PyErr_Occurred() ? NULL : PyFloat_FromDouble(value);
}

/*
 * checked(ufunc, text, ...) is ufunc(...), and raises ValueError(text) if libact refused a
 * parameter.
 */
static PyObject *python_checked(PyObject *Py_UNUSED(module), PyObject *const *args,
                                Py_ssize_t count, PyObject *keywords) {
    if (count < 2)
        return PyErr_Format(PyExc_TypeError, "checked(ufunc, text, ...)");
    (void)parameter_was_refused();
    PyObject *result = PyObject_Vectorcall(args[0], args + 2, (size_t)count - 2, keywords);
    if (parameter_was_refused() && result) {
        Py_DECREF(result);
        PyErr_SetObject(PyExc_ValueError, args[1]);
        return NULL;
    }
    return result;
}

/*
 * attention(kind, out, scores, dy, mask, slopes, sinks, valid, numbers) for kind "default", "fast"
 * or "gradient", whose scores are the softmax; None for what is not there.  _rows.py has given
 * every array its type and no gaps; numbers are rows_per_head, mask_rows, mask_stride, scale,
 * softcap, causal, offset and whether empty rows give zeros.
 */
static void *data_of(PyObject *array) {
    return array == Py_None ? NULL : PyArray_DATA((PyArrayObject *)array);
}
static PyObject *python_attention(PyObject *Py_UNUSED(module), PyObject *args) {
    const char *kind;
    PyObject *out, *scores, *dy, *mask, *slopes, *sinks, *valid;
    Py_ssize_t rows_per_head, mask_rows, mask_stride, offset;
    int causal, zeros;
    act_attention_rows o = ACT_ATTENTION_ROWS_INIT;
    if (!PyArg_ParseTuple(args, "sO!O!OOOOOnnnffpnp", &kind, &PyArray_Type, &out, &PyArray_Type,
                          &scores, &dy, &mask, &slopes, &sinks, &valid, &rows_per_head, &mask_rows,
                          &mask_stride, &o.scale, &o.softcap, &causal, &offset, &zeros))
        return NULL;
    const PyArrayObject *const x = (const PyArrayObject *)scores;
    const size_t cols = (size_t)PyArray_DIM(x, PyArray_NDIM(x) - 1);
    const size_t rows = cols ? (size_t)PyArray_SIZE((PyArrayObject *)scores) / cols : 0;
    const bool half = PyArray_TYPE(x) == NPY_HALF;
    if (mask != Py_None && PyArray_TYPE((PyArrayObject *)mask) == NPY_HALF)
        o.mask_type = ACT_MASK_F16;
    o.mask = data_of(mask);
    o.mask_rows = (size_t)mask_rows, o.mask_stride = (size_t)mask_stride;
    o.rows_per_head = (size_t)rows_per_head;
    o.slopes = data_of(slopes), o.sinks = data_of(sinks), o.valid = data_of(valid);
    o.causal = causal, o.causal_offset = (size_t)offset;
    o.empty = zeros ? ACT_EMPTY_ROWS_ZERO : ACT_EMPTY_ROWS_NAN;
    void *const to = data_of(out), *const from = data_of(scores), *const slope = data_of(dy);
    act_status status;
    Py_BEGIN_ALLOW_THREADS;
    if (strcmp(kind, "gradient") == 0)
        status = act_attention_softmax_grad_f32(to, cols, slope, cols, from, cols, rows, cols, &o);
    else if (half)
        status = act_attention_softmax_f16_to(to, cols, from, cols, rows, cols, &o);
    else if (strcmp(kind, "fast") == 0)
        status = act_attention_softmax_fast_f32_to(to, cols, from, cols, rows, cols, &o);
    else
        status = act_attention_softmax_f32_to(to, cols, from, cols, rows, cols, &o);
    Py_END_ALLOW_THREADS;
    if (status == ACT_OK)
        Py_RETURN_NONE;
    return PyErr_Format(PyExc_ValueError, "attention_softmax: %s",
                        status == ACT_ERROR_PARAMETER
                            ? "scale must be finite, softcap finite and not below 0"
                            : act_status_string(status));
}

static PyMethodDef functions[] = {
    {"backend", python_backend, METH_NOARGS, DOC_BACKEND},
    {"backends", python_backends, METH_NOARGS, DOC_BACKENDS},
    {"set_backend", python_set_backend, METH_O, DOC_SET_BACKEND},
    {"attention", python_attention, METH_VARARGS, NULL},
    {"number", python_number, METH_O, NULL},
    {"checked", (PyCFunction)(void (*)(void))python_checked, METH_FASTCALL | METH_KEYWORDS, NULL},
    {NULL, NULL, 0, NULL},
};

/*
 * NumPy's ufuncs belong to the interpreter that made them, and what they point to is there once, as
 * the backend is: the module is for the first interpreter of a process alone.
 */
static int fill_module(PyObject *module) {
    if (PyInterpreterState_Get() != PyInterpreterState_Main()) {
        PyErr_SetString(PyExc_ImportError, "actkernels does not work in a subinterpreter");
        return -1;
    }
    import_array1(-1);
    import_umath1(-1);
    return add_ufuncs(module) < 0 ||
                   PyModule_AddStringConstant(module, "version", act_version()) < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, fill_module},
#ifdef Py_mod_multiple_interpreters
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "actkernels._kernels",
    .m_doc = "The ufuncs of libact under the names that they have in C.",
    .m_methods = functions,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__kernels(void); /* for -Wmissing-prototypes */
PyMODINIT_FUNC PyInit__kernels(void) { return PyModuleDef_Init(&definition); }
