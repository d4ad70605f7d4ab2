#!/usr/bin/env python3
"""Makes the tables of src/avx512/fast_avx512.h: polynomials for 32 segments of a function's range.

Segment i is centred at i h.  Its polynomial in the distance from the centre is fitted by least
squares of the relative error over Chebyshev points, which is close to minimax.  Coefficients are
rounded to float from the lowest power up.  After each rounding the rest is fitted again, so that it
compensates for the rounding.  Needs numpy and scipy.
"""
import re

import numpy as np
from scipy.special import erfcx, ndtr

SEGMENTS = 32


def chebyshev(low, high, points=200):
    return (low + high) / 2 + (high - low) / 2 * np.cos(np.pi * (np.arange(points) + 0.5) / points)


def segment(f, low, high, center, powers):
    """The coefficients of these powers of t - center, and the largest relative error, in 2^-24."""
    t = chebyshev(low, high)
    d, exact = t - center, f(t)
    size = max(abs(low - center), abs(high - center))
    left, result = exact.copy(), []
    for k in range(len(powers)):
        basis = np.column_stack([(d / size) ** p / exact for p in powers[k:]])
        c = np.linalg.lstsq(basis, left / exact, rcond=None)[0][0] / size ** powers[k]
        result.append(float(np.float32(c)))
        left -= result[-1] * d ** powers[k]
    return result, np.max(np.abs(left / exact)) * 2 ** 24


def literal(x):
    return re.sub(r"\.?0*p", "p", x.hex()) + "F"


def show(name, f, h, degree, last, odd=False):
    """An odd f has no constant at 0.  The last segment is constant."""
    rows, errors = [], []
    for i in range(SEGMENTS - 1):
        powers = list(range(1 if odd and i == 0 else 0, degree + 1))
        c, error = segment(f, max(0.0, (i - 0.5) * h), (i + 0.5) * h, i * h, powers)
        rows.append([0.0] * powers[0] + c)
        errors.append(error)
    rows.append([last] + [0.0] * degree)
    print(f"{name}: segments of {h}, degree {degree}; errors in 2^-24:",
          " ".join(f"{e:.2g}" for e in errors))
    for k in reversed(range(degree + 1)):
        print("    {" + ", ".join(literal(row[k]) for row in rows) + "},")


def gelu_tanh_tail(t):
    return 1 / (1 + np.exp(np.sqrt(8 / np.pi) * (t + 0.044715 * t ** 3)))


def main():
    show("tanh(t)", np.tanh, 9 / 32, 5, 1.0, odd=True)
    show("Phi(-t)", lambda t: ndtr(-t), 1 / 4, 6, 0.0)
    show("gelu_tanh(-t) / -t", gelu_tanh_tail, 1 / 4, 6, 0.0)


if __name__ == "__main__":
    main()
