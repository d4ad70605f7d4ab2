#!/usr/bin/env python3
"""Makes the coefficients of src/kernels/ (the families, exp.h and exp_pair.h).

Each polynomial minimises the largest weighted error on an interval (minimax), by Remez exchange
over a grid.  Coefficients are rounded to float from the lowest power up.  After each rounding the
rest is fitted again, so that it compensates for the rounding.  A quotient of two polynomials is
found the same way, in decimals of forty digits because its equations are ill-conditioned; its
coefficients are rounded without a refit.  Needs only the standard library, whose erfc, exp, expm1
and log1p are accurate to 1e-15.
"""
import decimal
import math
import struct
import sys


def to_float(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def solve(rows):
    """Gaussian elimination with pivoting on an augmented matrix."""
    n = len(rows)
    zero = 0 * rows[0][0]
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(i + 1, n):
            f = rows[r][i] / rows[i][i]
            for c in range(i, n + 1):
                rows[r][c] -= f * rows[i][c]
    x = [zero] * n
    for i in reversed(range(n)):
        x[i] = (rows[i][n] - sum(rows[i][c] * x[c] for c in range(i + 1, n))) / rows[i][i]
    return x


def alternating_peaks(error, m):
    """The index of one extremum per run of one sign; if there are too many, m consecutive ones."""
    peaks = []
    for i, e in enumerate(error):
        if peaks and (error[peaks[-1]] >= 0) == (e >= 0):
            if abs(e) > abs(error[peaks[-1]]):
                peaks[-1] = i
        else:
            peaks.append(i)
    while len(peaks) > m:
        peaks.pop(0 if abs(error[peaks[0]]) < abs(error[peaks[-1]]) else -1)
    return peaks


def fit(grid, target, weight, powers):
    """Coefficients of the powers of x that minimise max |weight (target - p)|; and that error."""
    m = len(powers) + 1
    n = len(grid)
    at = [round((n - 1) * (1 - math.cos(math.pi * (k + 0.5) / m)) / 2) for k in range(m)]
    best = None
    for _ in range(40):
        rows = [[grid[i] ** p for p in powers] + [(-1) ** k / weight[i], target[i]]
                for k, i in enumerate(at)]
        c = solve(rows)[:-1]
        error = [w * (y - sum(a * x ** p for a, p in zip(c, powers)))
                 for x, y, w in zip(grid, target, weight)]
        worst = max(map(abs, error))
        if best is None or worst < best[1]:
            best = (c, worst)
        peaks = alternating_peaks(error, m)
        if len(peaks) < m or peaks == at:
            break
        at = peaks
    return best


def coefficients(f, weight, low, high, powers, points=600):
    grid = chebyshev(low, high, points)
    w = [weight(x) for x in grid]
    left = [f(x) for x in grid]
    exact = fit(grid, left, w, powers)[1]
    result = []
    for k in range(len(powers)):
        c = to_float(fit(grid, left, w, powers[k:])[0][0])
        result.append(c)
        left = [y - c * x ** powers[k] for x, y in zip(grid, left)]
    error = max(abs(a * b) for a, b in zip(left, w))
    return result, exact, error


def show(name, f, weight, low, high, powers):
    c, exact, error = coefficients(f, weight, low, high, powers)
    print(f"{name}: error {exact:.3g}, with rounded coefficients {error:.3g} = "
          f"2^{math.log2(error):.2f}")
    for p, a in reversed(list(zip(powers, c))):
        print(f"    x^{p:<2} {a.hex()}F")


def horner(coefficients, x):
    result = 0 * x
    for c in reversed(coefficients):
        result = result * x + c
    return result


def quotient(f, first, low_degree, high_degree, grid):
    """
    P with the constant `first` and Q with the constant 1, of these degrees, that minimise
    max |P / Q / f - 1|; and that error.  Newton's method solves P = f (1 +- E) Q at the peaks.
    """
    decimal.getcontext().prec = 40
    grid = [decimal.Decimal(x) for x in grid]
    values = [decimal.Decimal(f(float(x))) for x in grid]
    zero = decimal.Decimal(0)
    p = [decimal.Decimal(first)] + [zero] * low_degree
    q = [decimal.Decimal(1)] + [zero] * high_degree
    m, error_size = low_degree + high_degree + 1, zero
    at = [round((len(grid) - 1) * ((k + 0.6) / m) ** 1.3 * 0.98) for k in range(m)]
    while True:
        for _ in range(12):
            rows = []
            for k, i in enumerate(at):
                sign, x = 2 * (k % 2) - 1, grid[i]
                y, below = values[i] * (1 + sign * error_size), horner(q, x)
                rows.append([x ** j for j in range(1, low_degree + 1)] +
                            [-y * x ** j for j in range(1, high_degree + 1)] +
                            [-sign * values[i] * below, y * below - horner(p, x)])
            step = solve(rows)
            p[1:] = [a + b for a, b in zip(p[1:], step)]
            q[1:] = [a + b for a, b in zip(q[1:], step[low_degree:])]
            error_size += step[-1]
        error = [horner(p, x) / horner(q, x) / y - 1 for x, y in zip(grid, values)]
        peaks = alternating_peaks(error, m)
        if len(peaks) < m:
            raise ArithmeticError("the exchange lost a peak")
        if peaks == at:
            return p, q, float(max(map(abs, error)))
        at = peaks


def show_quotient(name, f, first, degrees, grid):
    p, q, error = quotient(f, first, *degrees, grid)
    print(f"{name}: error {error:.3g}, before the coefficients are rounded")
    for letter, coefs in (("P", p), ("Q", q)):
        for k, c in reversed(list(enumerate(coefs))):
            print(f"    {letter}^{k:<2} {to_float(float(c)).hex()}F")


def chebyshev(low, high, points):
    return [low + (high - low) * (1 - math.cos(math.pi * (i + 0.5) / points)) / 2
            for i in range(points)]


def erfcx_half(t):
    """exp(t^2 / 2) Phi(-t): the normal distribution's tail without its exponential."""
    return math.erfc(t / math.sqrt(2)) * math.exp(t * t / 2) / 2


def tail_of(K):
    """(t + K) erfcx_half(t) as a function of q = (t - K) / (t + K)."""
    return lambda q: (K * (1 + q) / (1 - q) + K) * erfcx_half(K * (1 + q) / (1 - q))


def log1p_rest(e):
    """(log1p(e) - e) / e^2, from its series where the difference would cancel."""
    if e < 1e-2:
        return sum((-1) ** (k + 1) * e ** k / (k + 2) for k in range(12))
    return (math.log1p(e) - e) / e ** 2


def expm1_rest(s):
    if abs(s) < 1e-2:
        return sum(s ** k / math.factorial(k + 2) for k in range(8))
    return (math.expm1(s) - s) / s ** 2


def normal_middle(square):
    x = math.sqrt(square)
    if x < 1e-3:
        return (1 - square / 6 + square * square / 40) / math.sqrt(2 * math.pi)
    return math.erf(x / math.sqrt(2)) / 2 / x


def tanhshrink(square):
    """(x - tanh(x)) / x^3, from its series where the difference would cancel."""
    x = math.sqrt(square)
    if square < 0.09:
        series = (1 / 3, -2 / 15, 17 / 315, -62 / 2835, 1382 / 155925, -21844 / 6081075,
                  929569 / 638512875, -6404582 / 10854718875, 443861162 / 1856156927625)
        return sum(c * square ** k for k, c in enumerate(series))
    return (1 - math.tanh(x) / x) / square


def sine(square):
    """(sin(r) / r - 1) / r^2, from its series where the difference would cancel."""
    if square < 0.01:
        return sum((-1) ** (k + 1) * square ** k / math.factorial(2 * k + 3) for k in range(8))
    r = math.sqrt(square)
    return (math.sin(r) / r - 1) / square


def tail(name, K, low, degree):
    f = tail_of(K)
    show(f"{name}, K = {K}, from t = {low}, degree {degree}", f, lambda q: 1 / f(q),
         (low - K) / (low + K), (14.6 - K) / (14.6 + K), list(range(degree + 1)))


def middle(degree):
    show(f"(Phi(x) - 1/2) / x as a function of x^2, |x| <= 1, degree {degree}", normal_middle,
         lambda s: math.sqrt(s) / (math.erfc(math.sqrt(s / 2)) / 2), 0, 1,
         list(range(degree + 1)))


def log1p(name, degree):
    show(f"{name}: log1p(e) = e + e^2 Q(e) on [0, 1], degree {degree}", log1p_rest,
         lambda e: e * e / math.log1p(e), 0, 1, list(range(degree + 1)))


def expm1(name, degree):
    h = math.log(2) / 2 * 1.0001
    show(f"{name}: expm1(s) = s + s^2 R(s) on [-ln2/2, ln2/2], degree {degree}", expm1_rest,
         lambda s: s * s / abs(math.expm1(s)) if s else 0.0, -h, h, list(range(degree + 1)))


def main():
    tail("normal tail", 4.078125, 0.98, 7)
    middle(5)
    log1p("log1p", 9)
    show("(x - tanh(x)) / x^3 as a function of x^2, |x| <= 1, degree 7", tanhshrink,
         lambda s: 1 / tanhshrink(s), 0, 1, list(range(8)))
    show("sin(r) = r + r^3 P(r^2), r <= 1.83, degree 4", sine,
         lambda s: s * math.sqrt(s) / math.sin(math.sqrt(s)) if s else 0.0, 0, 1.83 ** 2,
         list(range(5)))
    print("fast tier")
    show_quotient("tanh(x) / x by x^2, |x| <= 9.01", lambda s: math.tanh(math.sqrt(s)) / math.sqrt(s),
                  1.0, (4, 4), [x * x for x in chebyshev(0, 9.01, 400)])
    show_quotient("exp(t^2 / 2) Phi(-t), t <= 13.3", erfcx_half, 0.5, (4, 5),
                  chebyshev(0, 13.3, 400))
    h = math.log(2) * 1.0001
    show("exp(-r / 2) = 1 + r R(r) on [-ln2, ln2], degree 4", lambda r: math.expm1(-r / 2) / r,
         lambda r: abs(r) * math.exp(r / 2), -h, h, [0, 1, 2, 3, 4])
    log1p("log1p", 7)
    expm1("expm1", 4)


if __name__ == "__main__":
    main()
