#!/usr/bin/env python3
"""Makes the coefficients of the fast tier's exp and of AVX-512's expm1 (src/kernels/exp.h,
src/avx512/vec_avx512.h).

exp(s) = 1 + s (c1 + s (c2 + ...)), with the smallest maximum relative error on [-h, h], by a linear
program over a grid.  Coefficients are rounded to float from the lowest power up.  After each
rounding the rest is fitted again, so that it compensates for the rounding.  Those of expm1 are searched with float arithmetic as the kernel has
it, since most of the error near 0 is that of the table's 2^(-1/16).  Needs numpy and scipy.
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


def expm1_error(x, c2, c3):
    """The largest error in ULP of 2^n T[i] - 1 + 2^n T[i] (s + s^2 (c2 + c3 s))."""
    f32, f64 = np.float32, np.float64

    def fma(a, b, c):  # a product of floats is exact in double
        return f32(f64(a) * f64(b) + f64(c))

    x = f32(x)
    n = np.rint(f64(f32(x * f32(16 / LN2)))) / 16
    s = fma(f32(n), f32(-LN2), x)
    power = f32(2.0 ** (n - np.floor(n))) * f32(2.0 ** np.floor(n))
    p = f32(fma(s, f32(c3), f32(c2)) * s)
    y = fma(power, fma(p, s, s), power - f32(1))
    exact = np.expm1(f64(x))
    return np.max(np.abs(y - exact) / 2.0 ** (np.floor(np.log2(np.abs(exact))) - 23))


def expm1_search():
    x = -np.exp(np.random.default_rng(1).uniform(np.log(2.0 ** -9), np.log(0.44), 300000))
    return min((expm1_error(x, c2, c3), c2, c3)
               for c2 in 0.5 + 2.0 ** -20 * np.arange(12, 32, 2)
               for c3 in 1 / 6 * (1 + 2.0 ** -12 * np.arange(0, 40, 4)))


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
    error, c2, c3 = expm1_search()
    print(f"expm1 on [-0.44, 0]: {error:.3g} ULP of a sample; "
          f"c2 = {float(np.float32(c2)).hex()}F, c3 = {float(np.float32(c3)).hex()}F")


main()
