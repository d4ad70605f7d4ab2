#!/usr/bin/env python3
"""Makes from a result of act_bench a table of ratios and a picture for each function.

    bench/report.py RESULT.json DIR

DIR/ratios.md    the best peer's time / libact's, for each function, shape and instruction set; and
                 the time on mixed inputs / that on plain ones
DIR/FUNCTION.svg throughput over size of every backend and peer, and of memcpy
"""

import argparse
import collections
import html
import math
import pathlib
import sys

sys.dont_write_bytecode = True  # no __pycache__ in the source tree
from table import FAST, YARDSTICKS, beside, family, peer_classes, read

# From the widest; a peer of a narrower class runs wherever a wider one does, so it competes, too.
CLASSES = {"avx512": 3, "avx2": 2, "sse": 1, "neon": 1, "scalar": 0}

# By their first letters, the peers whose error on the suite's inputs, [-8, 8), is beyond 5 ULP
# somewhere, so that what they are faster by is not for free.  The figures are printed by the test
# `peers`, from 70000 inputs.  Any GELU by its textbook formula is, as 1 + erf or 1 + tanh cancels:
# 1.7e7 ULP.
INEXACT = {
    "sigmoid_f32": ("eigen",),  # 3400 ULP
    "silu_f32": ("eigen",),  # 3300
    "elu_f32": ("onednn",),  # 490
    "softplus_f32": ("onednn",),  # 35000
    "log_sigmoid_f32": ("onednn",),  # 35000
    "mish_f32": ("onednn", "eigen"),  # 2900, 5.2
    "hardswish_f32": ("xnnpack",),  # 3100, next to the zero at -3
    "gelu_f32": ("",),
    "gelu_tanh_f32": ("",),
}


def tier(function, variant):
    return f"{variant} fast" if function.endswith(FAST) else variant


def floats(size):
    return math.prod(map(int, size.split("x")))


def by_size(size):
    return ("x" in size, int(size.split("x")[-1]), floats(size))


class Results:
    def __init__(self, context, figures):
        self.peers = peer_classes(context)
        self.figures = figures
        functions = dict.fromkeys(key[0] for key in figures if key[0] not in YARDSTICKS)
        self.families = {}
        for function in functions:
            self.families.setdefault(family(function), []).append(function)

    def best_peer(self, function, size, rest, isa, exact=False):
        """(ns per float, peer) of the fastest peer of that class or a narrower one, or None."""
        found = [(self.figures[function, peer, size, rest], peer)
                 for peer, its_isa in self.peers.items()
                 if (function, peer, size, rest) in self.figures
                 and CLASSES.get(its_isa, 0) <= CLASSES.get(isa, 0)
                 and not (exact and peer.startswith(INEXACT.get(function, ())))]
        return min(found, default=None)


# ---- the table -----------------------------------------------------------------------------------


def ratios(results):
    lines = ["| function | shape | class | libact, ns a float | best peer | ns a float | ratio "
             "| within 5 ULP |", "|---|---|---|--:|---|--:|--:|--:|"]
    for name, functions in results.families.items():
        keys = [key for key in results.figures if key[0] in functions
                and key[1] not in results.peers and "inplace" not in key[3]]
        for function, isa, size, rest in sorted(
                keys, key=lambda key: (-CLASSES.get(key[1], 0), functions.index(key[0]), key[3],
                                       by_size(key[2]))):
            own = results.figures[function, isa, size, rest]
            best = results.best_peer(name, size, rest, isa)
            exact = results.best_peer(name, size, rest, isa, exact=True)
            if best is None:
                continue
            only_exact = "" if exact == best else "none" if exact is None else \
                f"{exact[0] / own:.2f} ({exact[1]})"
            lines.append(f"| {function.removesuffix('_f32')} | {' '.join((size, *rest))} | {isa} "
                         f"| {own:.3f} | {best[1]} | {best[0]:.3f} | **{best[0] / own:.2f}** "
                         f"| {only_exact} |")
    return lines


MIXED = "mixed-"
# No mixture of values should cost more than so much of plain ones.
CLIFF = 1.5


def mixed(results):
    """(table of the time on mixed inputs / on plain ones, the cells above CLIFF)."""
    sets = list(dict.fromkeys(rest[0] for _, _, _, rest in results.figures
                              if rest and rest[0].startswith(MIXED)))
    lines, cliffs = [], []
    for function, isa, size in dict.fromkeys(key[:3] for key in results.figures
                                             if key[3] and key[3][0] in sets):
        plain = results.figures.get((function, isa, size, ()))
        cells = []
        for name in sets:
            figure = results.figures.get((function, isa, size, (name,)))
            ratio = figure / plain if figure and plain else None
            cells.append("-" if ratio is None else
                         f"**{ratio:.2f}**" if ratio > CLIFF else f"{ratio:.2f}")
            if ratio is not None and ratio > CLIFF:
                cliffs.append(f"{function}/{isa}/{size}/{name}: {ratio:.1f}")
        lines.append(f"| {function.removesuffix('_f32')} | {size} | {isa} | "
                     + " | ".join(cells) + " |")
    head = ["| function | shape | class | " + " | ".join(name.removeprefix(MIXED)
                                                         for name in sets) + " |",
            "|---|---|---|" + "--:|" * len(sets)]
    return (head + lines if lines else []), cliffs


def write_ratios(path, context, repetitions, results):
    peers = ", ".join(f"{peer} ({isa})" for peer, isa in results.peers.items())
    head = [
        "# libact and its peers", "",
        f"libact {context.get('act_version', '?')}, {context.get('cpu_model', '?')}, one thread, "
        f"out of place, median of {repetitions} repetitions in random order, all in one run.", "",
        "The ratio is the best peer's time / libact's: above 1, libact is faster. A peer competes "
        "in its own class and in the wider ones. Where the best peer's error on these inputs is "
        "beyond 5 ULP, the last column has the ratio to the best of the others, if any is not.", "",
        f"Peers: {peers}.", ""]
    lines = head + ratios(results)
    table, cliffs = mixed(results)
    if table:
        lines += [
            "", "## Mixed inputs", "",
            f"The time on inputs that hold what may send a vector another way / that on plain ones; "
            f"above {CLIFF} in bold. far: a third beyond 13.2; 95: one lane in sixteen at -95; "
            "subnormal: one in sixteen is; inf: every fourth is -inf.", "", *table]
    if pairs := beside(results.figures):
        lines += ["", "## Beside each other", "",
                  "The time / that of a function beside it, on the same shape.", "",
                  *(f"- {pair}" for pair in pairs)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return cliffs


# ---- the pictures --------------------------------------------------------------------------------

# Hues that colour-blind readers can tell apart, one for each library; the instruction set is the
# dash, so that no line is told by its colour alone.
HUES = (("xnnpack", "#d55e00"), ("onednn", "#009e73"), ("eigen", "#cc79a7"),
        ("libmvec", "#e69f00"), ("libm", "#8c6d31"), ("sleef", "#000000"))
OWN_HUE, FAST_HUE, MEMCPY_HUE = "#0b4f9e", "#2aa1e8", "#777777"
DASHES = {"avx512": "", "avx2": "7 3", "neon": "", "sse": "2 3", "scalar": "2 3"}

WIDTH, HEIGHT = 940, 520
LEFT, RIGHT, TOP, BOTTOM = 72, 738, 64, 452

Line = collections.namedtuple("Line", "label hue dash width points")


def lines_of(name, results):
    """The lines of a picture; points are {size: 1e9 floats a second}."""
    def line(label, hue, isa, width, key):
        points = {size: 1 / figure for (f, v, size, rest), figure in results.figures.items()
                  if (f, v) == key and rest == ()}
        return Line(label, hue, DASHES.get(isa, ""), width, points)

    lines = []
    for function in results.families[name]:
        fast = function.endswith(FAST)
        for isa in dict.fromkeys(v for f, v, _, _ in results.figures
                                 if f == function and v not in results.peers):
            lines.append(line(f"libact {tier(function, isa)}", FAST_HUE if fast else OWN_HUE, isa,
                              2.8, (function, isa)))
    for peer, isa in results.peers.items():
        hue = next((h for start, h in HUES if peer.startswith(start)), "#444444")
        label = peer if peer.endswith(isa) or isa == "scalar" else f"{peer} ({isa})"
        lines.append(line(label, hue, isa, 1.5, (name, peer)))
    lines = [each for each in lines if each.points]
    # A call of one float is all overhead, and would take most of the picture's height.
    for each in lines:
        each.points.pop("1", None)
    sizes = {size for each in lines for size in each.points}
    memcpy = line("memcpy", MEMCPY_HUE, "", 1.2, ("memcpy", ""))
    memcpy = memcpy._replace(points={s: y for s, y in memcpy.points.items() if s in sizes})
    return lines + ([memcpy] if memcpy.points else [])


def power(n):
    for unit, suffix in ((1 << 20, "M"), (1 << 10, "K")):
        if n >= unit and n % unit == 0:
            return f"{n // unit}{suffix}"
    return str(n)


def ticks(low, high):
    """1, 2 and 5 of each decade; every line of the grid has its number."""
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [m * 10.0 ** e for e in exponents for m in (1, 2, 5) if low <= m * 10.0 ** e <= high]


def text(x, y, content, anchor="middle", size=12, extra=""):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"{extra}>'
            f"{html.escape(content)}</text>")


def picture(name, context, results):
    lines = lines_of(name, results)
    sizes = sorted({size for line in lines for size in line.points}, key=by_size)
    title, kind = name.rsplit("_", 1)
    title = title.replace("_", " ")
    kind = {"f32": "float32", "f64": "float64", "f16": "float16", "bf16": "bfloat16"}[kind]
    processor = context.get("cpu_model", "?")
    head = (f"{title}, {kind}", f"one thread, out of place, {processor}; higher is better")
    if any("x" in size for size in sizes):  # shapes have no scale
        return chart(head, lines, equal_steps(sizes), {size: size for size in sizes},
                     "rows x columns")
    first, last = math.log2(floats(sizes[0])), math.log2(floats(sizes[-1]))
    span = (last - first) or 1
    place = {size: LEFT + 14 + (RIGHT - LEFT - 28) * (math.log2(floats(size)) - first) / span
             for size in sizes}
    return chart(head, lines, place, {size: power(floats(size)) for size in sizes},
                 "array length in floats (logarithmic)")


def equal_steps(keys):
    return {key: LEFT + (i + 0.5) * (RIGHT - LEFT) / len(keys) for i, key in enumerate(keys)}


def chart(head, lines, place, labels, axis):
    """
    Throughput, on a logarithmic scale, of lines whose points are {key: 1e9 floats a second}; place
    has the x of each key.
    """
    values = [value for line in lines for value in line.points.values()]
    low, high = min(values) / 1.15, max(values) * 1.15

    def height(value):
        return BOTTOM - (BOTTOM - TOP) * math.log(value / low) / math.log(high / low)

    title, subtitle = head
    svg = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
           f'width="{WIDTH}" height="{HEIGHT}" role="img" font-family="sans-serif" fill="#222">',
           f"<title>Throughput: {html.escape(title)}</title>",
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
           text(LEFT, 28, title, "start", 18, ' font-weight="bold"'),
           text(LEFT, 48, subtitle, "start", 12, ' fill="#555"')]
    for value in ticks(low, high):
        y = height(value)
        svg += [f'<path d="M{LEFT} {y:.1f}H{RIGHT}" stroke="#e4e4e4"/>',
                text(LEFT - 8, y + 4, f"{value:g}", "end")]
    for key, x in place.items():
        svg += [f'<path d="M{x:.1f} {TOP}V{BOTTOM}" stroke="#f0f0f0"/>',
                text(x, BOTTOM + 18, labels[key])]
    svg += [f'<path d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}" stroke="#888" fill="none"/>',
            text((LEFT + RIGHT) / 2, BOTTOM + 42, axis, size=13),
            text(0, 0, "billion floats a second (logarithmic)", size=13,
                 extra=f' transform="translate(20 {(TOP + BOTTOM) / 2:.0f}) rotate(-90)"')]
    # Peers first, so that the library's own lines lie on top.
    for line in reversed(lines):
        points = [(x, height(line.points[key])) for key, x in place.items() if key in line.points]
        dash = f' stroke-dasharray="{line.dash}"' if line.dash else ""
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        svg.append(f'<path d="{path}" fill="none" stroke="{line.hue}" stroke-width="{line.width}"'
                   f'{dash} stroke-linejoin="round"/>')
        svg += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{line.width + 0.7:.1f}" fill="{line.hue}"/>'
                for x, y in points]
    for i, line in enumerate(lines):
        y = TOP + 12 + 22 * i
        dash = f' stroke-dasharray="{line.dash}"' if line.dash else ""
        svg += [f'<path d="M{RIGHT + 16} {y}h34" stroke="{line.hue}" '
                f'stroke-width="{line.width}"{dash}/>',
                f'<circle cx="{RIGHT + 33}" cy="{y}" r="{line.width + 0.7:.1f}" '
                f'fill="{line.hue}"/>',
                text(RIGHT + 58, y + 4, line.label, "start")]
    return "\n".join(svg + ["</svg>"]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", help="JSON output of act_bench")
    parser.add_argument("directory", type=pathlib.Path)
    args = parser.parse_args()
    try:
        context, figures, repetitions = read(args.file)
    except (OSError, KeyError, ValueError) as error:
        print(f"report.py: {args.file} is not a result of act_bench: {error!r}", file=sys.stderr)
        return 1
    results = Results(context, figures)
    if not results.families:
        print(f"report.py: no function of the library in {args.file}", file=sys.stderr)
        return 1
    args.directory.mkdir(parents=True, exist_ok=True)
    cliffs = write_ratios(args.directory / "ratios.md", context, repetitions, results)
    for name in results.families:
        path = args.directory / f"{name.removesuffix('_f32')}.svg"
        path.write_text(picture(name, context, results), encoding="utf-8")
    if cliffs:
        print(f"Mixed inputs that cost more than {CLIFF} times what plain ones do: {len(cliffs)}")
        print("\n".join(cliffs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
