#!/usr/bin/env python3
"""Prints the results of act_bench as tables that a person can read.

    act_bench --benchmark_out=FILE --benchmark_out_format=json
    bench/table.py [--screen] FILE

One table for each function, one row for each size.  A backend has three columns: ns per float, the
median of the repetitions, and its speed as a multiple of libm's and of memcpy's in the same run,
larger being better.  Peers and yardsticks have one: ns per float.  The fast tier meets the peers of
its function.

With --screen it is one table of 80 columns: a line for each function and size, ns per float of the
two widest backends and of every library, by the fastest of its variants.
"""

import argparse
import json
import re
import statistics
import sys

# The hot path, out of place only: one size for the cost of a call, one in L1 and one in memory, and
# two kinds of rows.  Beside the library's backends stand libm and the peers that are installed.
DEMO_FILTER = (r"^(memcpy|(sigmoid|sigmoid_fast|relu|leaky_relu|softmax|softmax_fast)_f32/[a-z0-9-]+)"
               r"/(16|2048|4194304|64x1000|4096x16)$")

# Causal rows beside what a mask of -inf makes causal, and columns beside rows.
BESIDE = {
    "attention_softmax_f32": "softmax_masked_causal_f32",
    "attention_softmax_fast_f32": "softmax_masked_causal_fast_f32",
    "softmax_columns_f32": "softmax_f32",
    "log_softmax_columns_f32": "log_softmax_f32",
}

SIZE = re.compile(r"\d+(x\d+)?")
YARDSTICKS = ("memcpy", "copy")


def split_name(name):
    """(function, variant, size, what follows the size) of a benchmark's name, or None."""
    parts = name.removesuffix("/manual_time").split("/")
    for i, part in enumerate(parts):
        if i > 0 and SIZE.fullmatch(part):
            return parts[0], "/".join(parts[1:i]), part, tuple(parts[i + 1:])
    return None


def read(path):
    """The context, {(function, variant, size, rest): ns per float}, and the repetitions."""
    with open(path, encoding="utf-8") as file:
        result = json.load(file)
    runs, medians, repetitions = {}, {}, 0
    # Random interleaving shuffles the file; the order of registration is a better one to read.
    for run in sorted(result["benchmarks"], key=lambda run: run["family_index"]):
        key = split_name(run["run_name"])
        if key is None or "ns_per_float" not in run:
            continue
        repetitions = max(repetitions, run.get("repetitions", 0))
        if run["run_type"] == "iteration":
            runs.setdefault(key, []).append(run["ns_per_float"])
        elif run["aggregate_name"] == "median":
            medians[key] = run["ns_per_float"]
    # --benchmark_report_aggregates_only leaves nothing but aggregates.
    medians.update({key: statistics.median(values) for key, values in runs.items()})
    return result["context"], medians, repetitions


FAST = "_fast_f32"


def family(function):
    """The fast tier is another way to the same function: it meets the same peers."""
    return function.removesuffix(FAST) + "_f32" if function.endswith(FAST) else function


def number(value):
    if value is None:
        return "-"
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def ratio(yardstick, value):
    if yardstick is None or not value:
        return "-"
    times = yardstick / value
    return f"{times:.2f}x" if times < 10 else f"{times:.1f}x"


def peer_classes(context):
    """{peer: its instruction set on this processor}; in the context as "libm=scalar ..."."""
    return dict(word.split("=") for word in context.get("peers", "").split())


def against_plain(results, function, variants, size, rest):
    """What a set of inputs costs the first backend, as a multiple of the plain ones."""
    plain = results.get((function, variants[0], size, rest[:-1])) if variants and rest else None
    value = results.get((function, variants[0], size, rest)) if plain else None
    return f" ({value / plain:.2f} of plain)" if value and rest[-1] != "inplace" else ""


def table(function, results, peers):
    theirs = family(function)
    variants = list(dict.fromkeys(v for f, v, _, _ in results if f == function and v not in peers))
    others = list(dict.fromkeys(v for f, v, _, _ in results
                                if f == theirs and v in peers and v != "libm"))
    copies = list(dict.fromkeys(v for f, v, _, _ in results if f == "copy"))
    rows = list(dict.fromkeys((s, r) for f, _, s, r in results if f == function))

    def dataset(rest):  # yardsticks run out of place only
        return tuple(part for part in rest if part != "inplace")

    lines = [[function] + [t for v in variants for t in (v, "/libm", "/memcpy")] +
             ["libm"] + others + ["memcpy"] + [f"copy/{c}" for c in copies]]
    for size, rest in rows:
        libm = results.get((theirs, "libm", size, dataset(rest)))
        memcpy = results.get(("memcpy", "", size, dataset(rest)))
        line = [" ".join((size, *rest)) + against_plain(results, function, variants, size, rest)]
        for variant in variants:
            value = results.get((function, variant, size, rest))
            line += [number(value), ratio(libm, value), ratio(memcpy, value)]
        line += [number(libm)]
        line += [number(results.get((theirs, v, size, dataset(rest)))) for v in others]
        line += [number(memcpy)]
        line += [number(results.get(("copy", c, size, dataset(rest)))) for c in copies]
        lines.append(line)

    widths = [max(map(len, column)) for column in zip(*lines)]
    for line in lines:
        cells = [line[0].ljust(widths[0])]
        for i, (cell, width) in enumerate(zip(line[1:], widths[1:])):
            first_of_group = i >= 3 * len(variants) or i % 3 == 0
            cells.append(" " * (3 if first_of_group else 1) + cell.rjust(width))
        print("".join(cells).rstrip())


def beside(results):
    """Lines of the time of functions / that of those that they stand beside, on the same shape."""
    lines = []
    for (function, variant, size, rest), value in results.items():
        other = BESIDE.get(function)
        if (theirs := results.get((other, variant, size, rest))) and value:
            name = " ".join((function.removesuffix("_f32"), size, *rest))
            lines.append(f"{name}, {variant}: {value / theirs:.2f} of {other.removesuffix('_f32')}")
    return lines


def screen(functions, results, peers):
    backends = list(dict.fromkeys(v for f, v, _, _ in results
                                  if f in functions and v and v not in peers))[:2]
    libraries = {}
    for peer in peers:
        libraries.setdefault(peer.split("-")[0], []).append(peer)
    names = backends + list(libraries)
    widths = [max(7, len(name) + 1) for name in names]
    print(" " * 20 + "".join(name.rjust(width) for name, width in zip(names, widths)))
    # A function's fast tier stands below it.
    order = [family(f) for f in functions]
    for function in sorted(functions, key=lambda f: (order.index(family(f)), f != family(f))):
        for size in dict.fromkeys(s for f, _, s, rest in results if f == function and not rest):
            own = [results.get((function, backend, size, ())) for backend in backends]
            theirs = [min((results[key] for peer in variants
                           if (key := (family(function), peer, size, ())) in results), default=None)
                      for variants in libraries.values()]
            cells = zip(map(number, own + theirs), widths)
            print(function.removesuffix("_f32").ljust(12) + size.rjust(8)
                  + "".join(cell.rjust(width) for cell, width in cells))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", help="JSON output of act_bench")
    parser.add_argument("--demo-filter", action="store_true",
                        help="print the --benchmark_filter of a short run, and exit")
    parser.add_argument("--screen", action="store_true", help="one table of 80 columns")
    args = parser.parse_args()
    if args.demo_filter:
        print(DEMO_FILTER)
        return 0
    if args.file is None:
        parser.error("a JSON file is needed")
    try:
        context, results, repetitions = read(args.file)
    except (OSError, KeyError, ValueError) as error:
        print(f"table.py: {args.file} is not a result of act_bench: {error!r}", file=sys.stderr)
        return 1
    functions = [f for f in dict.fromkeys(key[0] for key in results) if f not in YARDSTICKS]
    if not functions:
        print(f"table.py: no function of the library in {args.file}", file=sys.stderr)
        return 1
    version, processor = (context.get(key, "?") for key in ("act_version", "cpu_model"))
    print(f"libact {version} on {processor}, one thread")
    if args.screen:
        print("ns per float; of a library's variants, the fastest\n")
        screen(functions, results, peer_classes(context))
        return 0
    median = f"median of {repetitions}" if repetitions else "median"
    print(f"ns per float ({median}); /libm, /memcpy: times as fast as these")
    for function in functions:
        print()
        table(function, results, peer_classes(context))
    if lines := beside(results):
        print("\ntime / that of a function beside it, on the same shape", *lines, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
