#!/usr/bin/env python3
"""Makes the coefficients of the fast tier's exp (src/kernels/exp.h, src/avx512/vec_avx512.h).

exp(s) = 1 + s (c1 + s (c2 + ...)), with the smallest maximum relative error on [-h, h], by a linear
program over a grid.  Coefficients are rounded to float from the lowest power up.  After each
rounding the rest is fitted again, so that it compensates for the rounding.  Needs numpy and scipy.
"""
import numpy as np
from scipy.optimize import linprog

LN2 = np.log(2.0)
SCALE = 1e7  # the solver's tolerance is absolute


def error_of(s, coefficients):
    return (1 + sum(c * s ** (k + 1) for k, c in enumerate(coefficients))) / np.exp(s) - 1


def fit(h, degree, fixed):
    """The coefficients beyond the fixed ones that minimise the largest relative error."""
    s = h * np.cos(np.linspace(0, np.pi, 801))
    powers = np.column_stack([(s / h) ** k / np.exp(s) for k in range(len(fixed) + 1, degree + 1)])
    target = -SCALE * error_of(s, fixed)
    ones = np.ones((s.size, 1))
    solved = linprog(np.append(np.zeros(powers.shape[1]), 1), bounds=(None, None),
                     A_ub=np.block([[powers, -ones], [-powers, -ones]]),
                     b_ub=np.concatenate([target, -target]), method="highs")
    return [c / SCALE / h ** (len(fixed) + 1 + k) for k, c in enumerate(solved.x[:-1])]


def rounded(h, degree):
    fixed = []
    while len(fixed) < degree:
        fixed.append(float(np.float32(fit(h, degree, fixed)[0])))
    return fixed, float(np.max(np.abs(error_of(np.linspace(-h, h, 200001), fixed))))


def main():
    for name, h, degree in (("exp on [-ln2/2, ln2/2]", LN2 / 2, 5),
                            ("exp on [-ln2/64, ln2/64]", LN2 / 64, 2)):
        coefficients, error = rounded(h * 1.0001, degree)  # rounding of n may go a little beyond
        print(f"{name}, degree {degree}: largest relative error {error:.3g} = 2^{np.log2(error):.2f}")
        for k, c in enumerate(coefficients):
            print(f"    c{k + 1} = {float(c).hex()}F")
    print("2^(i/32), i = 0..31:")
    for i in range(0, 32, 4):
        print("    " + ", ".join(f"{float(np.float32(2.0 ** (k / 32))).hex()}F" for k in range(i, i + 4)) + ",")


main()
