"""
Times against SciPy and NumPy, in one run on one thread: python -m actkernels.bench [--check]

Each figure is the shortest of several rounds, in which the contenders take turns.  A ratio above 1
says that this package is faster.  --check fails if a ratio is below what is asked for.
"""
import argparse
import sys
import time

import numpy as np

import actkernels as act


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


def cases():
    """(what, ours, the fast tier or None, the other one's name, the other one, the ratio asked for)."""
    from scipy import special

    random = np.random.default_rng(1)
    for dtype, asked in ((np.float32, 8), (np.float64, 3)):
        for n in (16, 1024, 65536):
            x = (random.standard_normal(n) * 4).astype(dtype)
            tier = act.fast if dtype == np.float32 else None

            def line(name, other_name, other, wanted=None, x=x, tier=tier, n=n):
                ours = getattr(act, name)
                fast = getattr(tier, name) if tier else None
                what = f"{name} {np.dtype(dtype).name} {n}"
                return (what, lambda: ours(x), fast and (lambda: fast(x)), other_name, other, wanted)

            yield line("sigmoid", "expit", lambda x=x: special.expit(x), asked if n == 65536 else 0.9 if n == 16 else None)
            one = dtype(1)
            yield line("sigmoid", "1 / (1 + exp(-x))", lambda x=x: one / (one + np.exp(-x)))
            yield line("log_sigmoid", "log_expit", lambda x=x: special.log_expit(x), None)
            yield line("tanh", "numpy.tanh", lambda x=x: np.tanh(x), None)
            yield line("relu", "numpy.maximum(x, 0)", lambda x=x: np.maximum(x, dtype(0)), None)
            yield line("leaky_relu", "numpy.where", lambda x=x: np.where(x < 0, dtype(0.01) * x, x), None)
    for dtype in (np.float32, np.float64):
        for shape in ((64, 64), (64, 1000), (1000, 64), (16, 32768)):
            x = (random.standard_normal(shape) * 3).astype(dtype)
            for axis, asked in ((-1, 4), (0, 2)):
                for name, theirs in (("softmax", special.softmax), ("log_softmax", special.log_softmax)):
                    ours, fast = getattr(act, name), getattr(act.fast, name)
                    wanted = asked if name == "softmax" and dtype == np.float32 else None
                    yield (f"{name} {np.dtype(dtype).name} {shape[0]}x{shape[1]} axis {axis}",
                           lambda x=x, f=ours, a=axis: f(x, axis=a),
                           (lambda x=x, f=fast, a=axis: f(x, axis=a)) if dtype == np.float32 else None,
                           f"scipy.special.{name}", lambda x=x, f=theirs, a=axis: f(x, axis=a), wanted)


def main():
    parser = argparse.ArgumentParser(prog="python -m actkernels.bench", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if a ratio is below what is asked for")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    try:
        import scipy
    except ImportError:
        sys.exit("python -m actkernels.bench compares with SciPy, which is not installed")
    print(f"actkernels {act.__version__} on {act.backend()}, NumPy {np.__version__}, SciPy {scipy.__version__}; us")
    print(f"{'':40}{'time':>9}{'fast':>9}  {'other':>9}{'ratio':>8}{'fast':>8}  asked  other")
    missed = 0
    for what, ours, fast, name, other, asked in cases():
        own, theirs, *rest = shortest([ours, other] + ([fast] if fast else []), options.rounds)
        fast_time = f"{rest[0] * 1e6:9.2f}" if rest else f"{'':9}"
        fast_ratio = f"{theirs / rest[0]:8.2f}" if rest else f"{'':8}"
        print(f"{what:40}{own * 1e6:9.2f}{fast_time}  {theirs * 1e6:9.2f}{theirs / own:8.2f}{fast_ratio}"
              f"  {asked or '':5}  {name}", flush=True)
        if asked and theirs / own < asked:
            missed += 1
            print(f"    below {asked}")
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
