"""
Times against SciPy and NumPy, in one run on one thread: python -m actkernels.bench [--check] [--markdown]

Each figure is the shortest of several rounds, in which the contenders take turns.  A ratio above 1
says that this package is faster, in the default and in the fast tier, which has float32 alone.
--check fails if a ratio of the default tier is below what is asked for.  --markdown prints the
tables of docs/python.md.
"""
import argparse
import sys
import time
from collections import namedtuple

import numpy as np

import actkernels as act

Case = namedtuple("Case", "what size ours fast other_name other asked")
SIZES = (16, 1024, 65536)
SHAPES = ((64, 64), (64, 1000), (1000, 64), (16, 32768))


def shortest(calls, rounds=15, least=2e-3):
    """The shortest time of a call, in seconds, of each of calls."""
    counts, best = [], [float("inf")] * len(calls)
    for call in calls:
        count, taken = 1, 0.0
        while taken < least:
            count *= 2
            start = time.perf_counter()
            for _ in range(count):
                call()
            taken = time.perf_counter() - start
        counts.append(count)
    for _ in range(rounds):
        for i, call in enumerate(calls):
            start = time.perf_counter()
            for _ in range(counts[i]):
                call()
            best[i] = min(best[i], (time.perf_counter() - start) / counts[i])
    return best


def elementwise(dtype):
    from scipy import special

    random = np.random.default_rng(1)
    one = dtype(1)
    asked = {65536: 8 if dtype == np.float32 else 3, 16: 0.9}
    contenders = (("sigmoid", "scipy.special.expit", special.expit, asked),
                  ("sigmoid", "1 / (1 + numpy.exp(-x))", lambda x: one / (one + np.exp(-x)), {}),
                  ("log_sigmoid", "scipy.special.log_expit", special.log_expit, {}),
                  ("tanh", "numpy.tanh", np.tanh, {}),
                  ("relu", "numpy.maximum(x, 0)", lambda x: np.maximum(x, dtype(0)), {}),
                  ("leaky_relu", "numpy.where", lambda x: np.where(x < 0, dtype(0.01) * x, x), {}))
    for name, other_name, other, wanted in contenders:
        for n in SIZES:
            x = (random.standard_normal(n) * 4).astype(dtype)
            yield name, n, getattr(act, name), getattr(act.fast, name), other_name, other, wanted.get(n), x


def along(dtype):
    from scipy import special

    random = np.random.default_rng(1)
    for name in ("softmax", "log_softmax"):
        for axis, asked in ((-1, 4), (0, 2)):
            for shape in SHAPES:
                x = (random.standard_normal(shape) * 3).astype(dtype)
                at_axis = [lambda x, f=getattr(module, name), a=axis: f(x, axis=a) for module in (act, act.fast, special)]
                wanted = asked if name == "softmax" and dtype == np.float32 else None
                yield (f"{name} axis {axis}", f"{shape[0]}x{shape[1]}", at_axis[0], at_axis[1], f"scipy.special.{name}",
                       at_axis[2], wanted, x)


def cases(kind):
    for dtype in (np.float32, np.float64):
        for what, size, ours, fast, other_name, other, asked, x in kind(dtype):
            yield Case(f"{what} {np.dtype(dtype).name}", size, lambda f=ours, x=x: f(x),
                       (lambda f=fast, x=x: f(x)) if dtype == np.float32 else None, other_name,
                       lambda f=other, x=x: f(x), asked)


def measured(case, rounds):
    """The times of this package, of its fast tier or None, and of the other one."""
    own, other, *fast = shortest([case.ours, case.other] + ([case.fast] if case.fast else []), rounds)
    return own, fast[0] if fast else None, other


def markdown(rounds):
    for kind, sizes in ((elementwise, SIZES), (along, ["x".join(map(str, s)) for s in SHAPES])):
        lines = {}
        for case in cases(kind):
            own, fast, other = measured(case, rounds)
            cell = f"{other / own:.1f}" + (f" / {other / fast:.1f}" if fast else "")
            lines.setdefault((case.what, case.other_name), []).append(cell)
        print("| |", " | ".join(map(str, sizes)), "| |\n" + "| --- " * (len(sizes) + 2) + "|")
        for (what, other_name), cells in lines.items():
            print(f"| {what} | {' | '.join(cells)} | `{other_name}` |", flush=True)
        print()


def table(rounds):
    """Prints every case, and returns how many are below what is asked for."""
    print(f"{'':36}{'time':>9}{'fast':>9}  {'other':>9}{'ratio':>8}{'fast':>8}  asked  other")
    missed = 0
    for kind in (elementwise, along):
        for case in cases(kind):
            own, fast, other = measured(case, rounds)
            fast_time = f"{fast * 1e6:9.2f}" if fast else f"{'':9}"
            fast_ratio = f"{other / fast:8.2f}" if fast else f"{'':8}"
            below = case.asked is not None and other / own < case.asked
            missed += below
            print(f"{case.what + ' ' + str(case.size):36}{own * 1e6:9.2f}{fast_time}  {other * 1e6:9.2f}{other / own:8.2f}"
                  f"{fast_ratio}  {case.asked or '':5}  {case.other_name}{'  BELOW' if below else ''}", flush=True)
    return missed


def main():
    parser = argparse.ArgumentParser(prog="python -m actkernels.bench", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if a ratio is below what is asked for")
    parser.add_argument("--markdown", action="store_true", help="print the tables of docs/python.md")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    try:
        import scipy
    except ImportError:
        sys.exit("python -m actkernels.bench compares with SciPy, which is not installed")
    if options.markdown:
        markdown(options.rounds)
        return 0
    print(f"actkernels {act.__version__} on {act.backend()}, NumPy {np.__version__}, SciPy {scipy.__version__}; us")
    missed = table(options.rounds)
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
