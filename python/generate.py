#!/usr/bin/env python3
"""
Writes what follows from functions.def and the public headers: the docstrings, the modules with the
names and keywords of the package, and the stubs.

    generate.py --version       the version in act.h
    generate.py LIST FOLDER     LIST is the preprocessed src/list.c

A function gets the names and usual values of its parameters from the list.  KEYWORDS has those that
PyTorch, or ONNX or NumPy where it lacks the function, calls otherwise.
"""
import json
import re
import sys
from pathlib import Path

INCLUDE = Path(__file__).resolve().parent.parent / "include" / "act"

KEYWORDS = {
    "leaky_relu": {"slope": "negative_slope"},
    "clip": {"lo": "min=-inf", "hi": "max=inf"},
    "hardtanh": {"lo": "min_val", "hi": "max_val"},
    "threshold": {"theta": "threshold"},
    "hardshrink": {"lambda": "lambd"},
    "softshrink": {"lambda": "lambd"},
    # Those of PyTorch's selu, of which the list has floats.
    "scaled_elu": {"alpha": "alpha=1.6732632423543772", "gamma": "gamma=1.0507009873554805"},
}
RANGES = {"ANY": None, "FINITE": "finite", "NONZERO": "finite and not 0", "NONNEGATIVE": "finite and not below 0",
          "POSITIVE": "finite and above 0"}

# A function that chooses one of several: the keyword, its values and their functions.
CHOICES = {"gelu": ("approximate", {"none": "gelu", "tanh": "gelu_tanh"})}

# The arrays that an elementwise function takes, and its gradient, by its kind; Y stands for x or y.
ARRAYS = {"map": (["x"], ["dy", "Y"]), "gated": (["gate", "up"], ["dy", "gate", "up"]), "pair": (["gate", "up"], None)}

# The other arguments of a ufunc follow by keyword.
UFUNC = "out=None, dtype=None, **kwargs"

# The functions along an axis, which _rows.py has for each tier.
ROWS = ["softmax", "log_softmax", "logsumexp", "softmax_masked", "prelu", "attention_softmax"]
ROWS_WITHOUT_GRAD = ["softmin", "hardmax", "sparsemax"]

BACKEND_DOCS = {
    "BACKEND": "backend()\n\nThe name of the backend in use: 'avx512', 'avx2', 'neon' or 'scalar'.",
    "BACKENDS": "backends()\n\nThe backends that run on this processor, best first.",
    "SET_BACKEND": "set_backend(name)\n\nUses the named backend from now on, in all threads; None selects the best one."
                   "\nThe environment variable ACT_BACKEND does the same at the first call."
                   "\nValueError if there is no such backend, or if it does not run here.",
}


class Function:
    def __init__(self, name, kind, of, params, types):
        self.name, self.kind, self.of, self.types = name, kind, of, types
        self.fast = name.endswith("_fast")
        self.base = name.removesuffix("_fast")
        self.params = [re.fullmatch(r"(\w+)=(.*):(\w+)", p).groups() for p in params.split(";") if p != "-"]

    def has_grad(self):
        return self.kind == "gated" or self.of in ("X", "Y")

    def is_grad(self):
        """A gradient with a line of its own: elu_grad_y is grad.elu_from_y(dy, y)."""
        return self.of == "DY"

    def public(self):
        return self.name.replace("_grad_", "_from_") if self.is_grad() else self.name

    def arrays(self, grad):
        if self.is_grad():
            return ["dy", self.name[-1]]
        return [self.of.lower() if array == "Y" else array for array in ARRAYS[self.kind][grad]]

    def has_half(self):
        return re.match(r"HALF|ALL", self.types)

    def has_f64(self):
        return re.match(r"F64|ALL", self.types)

    def keywords(self):
        """(the name in C, the keyword, its default, what the value must be) of each parameter."""
        for name, usual, range_ in self.params:
            word, _, default = KEYWORDS.get(self.base, {}).get(name, name).partition("=")
            default = default or re.sub(r"(\d\.\d*)F", r"\1", usual)
            yield name, word, default, RANGES[range_]


def read_list(path):
    text = re.sub(r'" *"', "", path.read_text())  # "a" "=" is one string
    return [Function(*re.findall(r'"([^"]*)"', line)) for line in re.findall(r"FUNCTION\((.*)\)", text)]


def header_comments():
    """The comment above each declaration of f32, by the name in C without the type."""
    text = "\n".join(header.read_text() for header in sorted(INCLUDE.glob("*.h")))
    comments = {}
    for comment, code in re.findall(r"/\*\n(.*?)\*/\n((?:ACT_API[^;]*;\n)+)", text, re.S):
        lines = [re.sub(r"^ \* ?", "", line).rstrip() for line in comment.splitlines()]
        for name in re.findall(r"act_(\w+?)_f32", code):
            comments.setdefault(name, "\n".join(lines).strip())
    return comments


def f64_bounds():
    text = (INCLUDE / "f64.h").read_text()
    return dict(re.findall(r"^ \*   (\w+) {3,}((?:at most|exact).*)$", text, re.M))


class Docs:
    def __init__(self, functions):
        self.comments, self.f64 = header_comments(), f64_bounds()
        self.half = {f.name for f in functions if f.has_half()}
        self.text = {}
        for f in functions:
            self.text[f.name] = self.of(f, f.name)
            if f.has_grad():
                self.text[f.name + "_grad"] = self.of(f, f.name + "_grad")

    def of(self, f, name):
        text = self.comments.get(name)
        if text is None:
            sys.exit(f"no public header has a comment above act_{name}_f32")
        base = name.replace("_fast", "")
        if "fast tier.  As above" in text or "As above" in text:
            text = self.comments[base] + "\n\n" + text.replace("As above, but:", "As the default tier, but:")
        for c_name, word, _, _ in f.keywords():
            text = re.sub(rf"\b{c_name}\b", word, text) if c_name != word else text
        # The fast tier takes the default one's half type, and a gradient has none.
        types = [f"float16 ({'within 0.501 ULP' if base in self.half else 'in float32, rounded'})",
                 "float32 (the errors above)"]
        if base in self.f64:
            types.append(f"float64 ({self.f64[base]})")
        shape = "any; the function works along one axis."
        if f.kind in ARRAYS:
            shape = "any; the operands are broadcast."
        return f"{text}\n\nShapes     {shape}\nTypes      {', '.join(types)}."


def write_docs(path, docs):
    with path.open("w") as out:
        out.write("/* Docstrings, from the public headers. */\n")
        for name, text in BACKEND_DOCS.items():
            out.write(f"#define DOC_{name} {json.dumps(text, ensure_ascii=True)}\n")
        out.write("static const char *doc_of(const char *name) {\n"
                  "    static const struct {\n        const char *name, *text;\n    } docs[] = {\n")
        for name, text in docs.text.items():
            out.write(f"        {{{json.dumps(name)}, {json.dumps(text)}}},\n")
        out.write("    };\n    for (size_t i = 0; i < sizeof docs / sizeof *docs; ++i)\n"
                  "        if (strcmp(docs[i].name, name) == 0)\n            return docs[i].text;\n"
                  "    return NULL;\n}\n")


def indented(text):
    return "\n".join("    " + line if line else "" for line in text.replace("\\", "\\\\").splitlines())


def definition(f, public, kernel, arrays, doc):
    """A Python function with keywords around a ufunc, or the ufunc itself."""
    words = list(f.keywords())
    if not words:
        return f"{public}: ufunc = _kernels.{kernel}\n"
    arguments = ", ".join(f"{word}: float = {default}" for _, word, default, _ in words)
    values = ", ".join(f"_kernels.number({word})" for _, word, _, _ in words)
    limits = "; ".join(f"{word} must be {limit}, as a number of the array's type" for _, word, _, limit in words if limit)
    call = f"_kernels.{kernel}(" if not limits else f"_kernels.checked(_kernels.{kernel}, {public + ': ' + limits!r}, "
    typed = ", ".join(f"{a}: ArrayLike" for a in arrays)
    # dtype= is the type of the arrays, not that of the parameters.
    outputs = 2 if arrays == ARRAYS["gated"][True] else 1
    signature = ", ".join(["dtype"] * len(arrays) + ["'d'"] * len(words) + ["dtype"] * outputs)
    # A ufunc of two results takes a tuple alone.
    given = "out" if outputs == 1 else "(None, None) if out is None else out"
    return (f'def {public}({typed}, /, {arguments}, {UFUNC}) -> Any:\n    """\n{indented(doc)}\n    """\n'
            f"    if dtype is not None:\n        kwargs['signature'] = ({signature})\n"
            f"    return {call}{', '.join(arrays)}, {values}, out={given}, **kwargs)\n")


def choice(public, arrays, suffix):
    word, values = CHOICES[public]
    typed = ", ".join(f"{a}: ArrayLike" for a in arrays)
    first = next(iter(values))
    lines = [f'def {public}({typed}, /, {word}: str = "{first}", {UFUNC}) -> Any:',
             f'    """{public} with {word} = {" or ".join(map(repr, values))}, as in PyTorch.\n',
             f'    {public}\'s own doc: actkernels._kernels.{public}{suffix}.__doc__\n    """']
    for value, function in values.items():
        lines += [f'    if {word} == "{value}":',
                  f"        return _kernels.{function}{suffix}({', '.join(arrays)}, out=out, dtype=dtype, **kwargs)"]
    lines.append(f'    raise ValueError(f"{public}: {word} must be {" or ".join(values)}, not {{{word}!r}}")')
    return "\n".join(lines) + "\n"


def write_module(path, title, functions, docs, fast, grad):
    names, parts = [], []
    tiers = {f.name: f for f in functions}
    for f in functions:
        if f.fast or f.kind not in ARRAYS or f.is_grad() != (grad and not f.has_grad()):
            continue
        with_fast = tiers.get(f.name + "_fast") if fast else None
        if with_fast and grad and not with_fast.has_grad():
            with_fast = None
        source = with_fast or f
        suffix = ("_fast" if with_fast else "") + ("_grad" if grad and not f.is_grad() else "")
        arrays = f.arrays(grad)
        names.append(f.public())
        kernel = f.name + suffix
        if f.name in CHOICES:
            parts.append(choice(f.name, arrays, suffix))
        else:
            parts.append(definition(f, f.public(), kernel, arrays, docs.text[kernel]))
    rows_names = ROWS + ([] if grad else ROWS_WITHOUT_GRAD)
    module = {(False, False): None, (True, False): "fast", (False, True): "grad", (True, True): "fast_grad"}[fast, grad]
    rows = f"from ._rows import {module} as _rows\n" if module else "from ._rows import default as _rows\n"
    for name in rows_names:
        rows_line = f"{name} = _rows.{name}\n"
        parts.append(rows_line)
        names.append(name)
    text = (f'"""{title}"""\n# Written by generate.py.\nfrom math import inf\nfrom typing import Any\n\n'
            "from numpy import ufunc\nfrom numpy.typing import ArrayLike\n\nfrom . import _kernels\n" + rows)
    if fast and not grad:
        text += "from . import _fast_grad as grad\n"
        names.append("grad")
    text += f"\n__all__ = {sorted(names)!r}\n\n" + "\n".join(parts)
    path.write_text(text)


def write_stub(path, docs):
    lines = ["from typing import Any, Optional, Tuple", "", "from numpy import ufunc", "", "version: str",
             "def backend() -> str: ...", "def backends() -> Tuple[str, ...]: ...",
             "def set_backend(name: Optional[str], /) -> None: ...",
             "def attention(*args: Any) -> None: ...",
             "def number(x: Any, /) -> float: ...",
             "def checked(function: ufunc, text: str, /, *args: Any, **kwargs: Any) -> Any: ..."]
    path.write_text("\n".join(lines + [f"{name}: ufunc" for name in docs.text]) + "\n")


def main():
    if sys.argv[1:] == ["--version"]:
        print(re.search(r'ACT_VERSION_STRING "(.*)"', (INCLUDE / "act.h").read_text())[1])
        return
    functions, folder = read_list(Path(sys.argv[1])), Path(sys.argv[2])
    docs = Docs(functions)
    write_docs(folder / "docs.h", docs)
    for name, title, fast, grad in (
            ("_functions.py", "The functions, by the default tier.", False, False),
            ("grad.py", "Gradients: NAME(dy, x or y, ...) is dy times the derivative of NAME.", False, True),
            ("fast.py", "The functions by the fast tier, where they have one in the array's type.", True, False),
            ("_fast_grad.py", "Gradients by the fast tier, where there is one.", True, True)):
        write_module(folder / name, title, functions, docs, fast, grad)
    write_stub(folder / "_kernels.pyi", docs)


main()
