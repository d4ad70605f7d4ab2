#!/usr/bin/env python3
"""Appends medians of the hot path to a history of commits, and draws their throughput.

    bench/history.py --filter                       the --benchmark_filter of what is kept
    bench/history.py HISTORY.tsv COMMIT DATE RESULT.json...
    bench/history.py HISTORY.tsv --draw HISTORY.svg

Results are those of one commit, of several runs.  A line has the commit and its date, the processor,
the compiler, the benchmark and ns per float: of the runs' medians the least, as other work on the
machine only ever adds.  One with the same first five is replaced.
The picture shows the processor and compiler of the last line, in the order of the commits' dates
(of a form that sorts, as 2026-11-26T22:10).
"""

import pathlib
import re
import sys

sys.dont_write_bytecode = True  # no __pycache__ in the source tree
from report import DASHES, FAST_HUE, OWN_HUE, Line, chart, equal_steps
from table import FAST, read

FILTER = (r"^((sigmoid|sigmoid_fast|relu|leaky_relu)_f32/(avx512|avx2|neon|scalar)/2048"
          r"|(softmax|softmax_fast)_f32/(avx512|avx2|neon|scalar)/64x1000)$")
HEAD = "date\tcommit\tprocessor\tcompiler\tbenchmark\tns_per_float"

# One for each function, in both tiers; the fast tier has the lighter one.
HUES = {"sigmoid": (OWN_HUE, FAST_HUE), "softmax": ("#a3342c", "#e8793f"),
        "relu": ("#4d4d4d", ""), "leaky_relu": ("#2a8f5b", "")}


def lines_in(path):
    text = path.read_text(encoding="utf-8") if path.exists() else HEAD + "\n"
    return [line.split("\t") for line in text.splitlines()[1:]]


def append(path, commit, date, results):
    figures = {}
    for result in results:
        context, medians, _ = read(result)
        for (function, variant, size, _), figure in medians.items():
            name = f"{function}/{variant}/{size}"
            if re.match(FILTER, name):
                figures.setdefault(name, []).append(figure)
    if not figures:
        raise ValueError(f"no figures in {', '.join(results)}")
    compiler = context.get("compiler", "?")
    if compiler[0].isdigit():  # gcc's __VERSION__ is the bare number
        compiler = f"gcc {compiler}"
    where = [context.get("cpu_model", "?"), compiler]
    new = [[date, commit, *where, name, f"{min(values):.4f}"]
           for name, values in sorted(figures.items())]
    replaced = {tuple(line[:5]) for line in new}
    kept = [line for line in lines_in(path) if tuple(line[:5]) not in replaced]
    path.write_text("\n".join([HEAD] + ["\t".join(line) for line in kept + new]) + "\n",
                    encoding="utf-8")


def draw(path, picture):
    lines = lines_in(path)
    processor, compiler = lines[-1][2:4]
    here = sorted(line for line in lines if line[2:4] == [processor, compiler])
    # The scalar backend is for want of a better one.
    here = [line for line in here if "/scalar/" not in line[4]] or here
    commits = list(dict.fromkeys(tuple(line[:2]) for line in here))
    drawn = {}
    for date, commit, _, _, name, figure in here:
        function, isa, size = name.split("/")
        plain = function.removesuffix(FAST).removesuffix("_f32")
        fast = function.endswith(FAST)
        label = f"{plain}{' fast' * fast} {isa} {size}"
        line = drawn.setdefault(name, Line(label, HUES[plain][fast], DASHES.get(isa, ""), 2.2, {}))
        line.points[date, commit] = 1 / float(figure)
    order = sorted(drawn.values(), key=lambda line: -max(line.points.values()))
    head = ("The hot path over commits", f"one thread, {processor}, {compiler}; higher is better")
    labels = {(date, commit): commit for date, commit in commits}
    picture.write_text(chart(head, order, equal_steps(commits), labels, "commit"),
                       encoding="utf-8")


def main():
    arguments = sys.argv[1:]
    if arguments == ["--filter"]:
        print(FILTER)
    elif len(arguments) == 3 and arguments[1] == "--draw":
        draw(pathlib.Path(arguments[0]), pathlib.Path(arguments[2]))
    elif len(arguments) >= 4:
        append(pathlib.Path(arguments[0]), arguments[1], arguments[2], arguments[3:])
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
