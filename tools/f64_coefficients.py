#!/usr/bin/env python3
"""Makes the coefficients of src/f64/polynomials.h, and the digits of src/f64/snake.h.

Each polynomial is fitted by least squares over Chebyshev's points, with 60 digits.  Coefficients are
rounded to double from the lowest power up, and after each the rest is fitted again.  Prints the
largest relative error with the rounded coefficients.  Needs python3-mpmath.
"""
import mpmath
from mpmath import mpf

mpmath.mp.dps = 60

# Of the normal distribution: t = -x >= 0, up to where exp(-t^2 / 2) t ends, and q = (t - K) / (t + K).
END = mpf(39)
DENSITY = 1 / mpmath.sqrt(2 * mpmath.pi)
ZERO = mpmath.findroot(lambda t: mpmath.erfc(t / mpmath.sqrt(2)) / 2 - t * DENSITY * mpmath.exp(-t * t / 2), 0.75)


def mills(t):
    """exp(t^2 / 2) Phi(-t)"""
    return mpmath.erfc(t / mpmath.sqrt(2)) * mpmath.exp(t * t / 2) / 2


def slope(t):
    """(exp(t^2 / 2) Phi(-t) - t / sqrt(2 pi)) / (t - ZERO); its limit, the derivative, at ZERO"""
    if abs(t - ZERO) < mpf(10) ** -18:
        return ZERO * mills(ZERO) - 2 * DENSITY
    return (mills(t) - t * DENSITY) / (t - ZERO)


def expm1_rest(x):
    """(exp(x) - 1 - x) / x^2"""
    if abs(x) < mpf(10) ** -6:
        return sum(x ** k / mpmath.factorial(k + 2) for k in range(10))
    return (mpmath.expm1(x) - x) / x ** 2


def atanh_rest(w):
    """(2 atanh(s) - 2 s) / s^3 for w = s^2"""
    if abs(w) < mpf(10) ** -6:
        return sum(2 * w ** k / (2 * k + 3) for k in range(10))
    s = mpmath.sqrt(w)
    return (2 * mpmath.atanh(s) - 2 * s) / s ** 3


def tanh_rest(w):
    """(x - tanh(x)) / x^3 for w = x^2"""
    if abs(w) < mpf(10) ** -8:
        return mpf(1) / 3 - 2 * w / 15 + 17 * w ** 2 / 315
    x = mpmath.sqrt(w)
    return (x - mpmath.tanh(x)) / x ** 3


def sine_rest(w):
    """(sin(r) - r) / r^3 for w = r^2"""
    if abs(w) < mpf(10) ** -6:
        return sum((-w) ** k / -mpmath.factorial(2 * k + 3) for k in range(10))
    r = mpmath.sqrt(w)
    return (mpmath.sin(r) - r) / r ** 3


def over_pi(words):
    """1 / pi in words of 32 bits."""
    with mpmath.workprec(32 * words + 100):
        bits = int(mpmath.floor(mpf(2) ** (32 * words) / mpmath.pi))
    for k in range(words):
        print(f"0x{bits >> 32 * (words - 1 - k) & 0xffffffff:08x},", end="\n" if k % 7 == 6 else " ")


def rounded(f, low, high, degree):
    """
    Coefficients from the constant up, each rounded before the rest is fitted again: least squares
    over Chebyshev's points, whose result is close to the best polynomial.
    """
    points = [low + (high - low) * (1 - mpmath.cos(mpmath.pi * (k + mpf(1) / 2) / 100)) / 2
              for k in range(100)]
    left = [f(x) for x in points]
    powers = [[x ** k for x in points] for k in range(2 * degree + 1)]
    moments = [mpmath.fsum(p) for p in powers]
    result = []
    for k in range(degree + 1):
        n = degree + 1 - k
        rows = mpmath.matrix(n, n)
        right = mpmath.matrix(n, 1)
        for a in range(n):
            right[a] = mpmath.fdot(left, powers[k + a])
            for b in range(n):
                rows[a, b] = moments[2 * k + a + b]
        c = mpf(float(mpmath.lu_solve(rows, right)[0]))
        result.append(c)
        left = [y - c * p for y, p in zip(left, powers[k])]
    return result


def show(name, f, low, high, degree, weight=lambda x, y: 1 / y):
    """`weight` times the error of the polynomial is what is reported."""
    c = rounded(f, low, high, degree)
    points = [low + (high - low) * (1 - mpmath.cos(mpmath.pi * k / 400)) / 2 for k in range(401)]
    error = max(abs((mpmath.polyval(c[::-1], x) - f(x)) * weight(x, f(x))) for x in points)
    print(f"{name}, degree {degree}: error 2^{float(mpmath.log(error, 2)):.1f}")
    for k, a in reversed(list(enumerate(c))):
        print(f"    x^{k:<2} {float(a).hex()}")


def of_q(f, K):
    return lambda q: f(K * (1 + q) / (1 - q))


def main():
    K = mpf(4)
    interval = mpf(-1), (END - K) / (END + K)
    show("(t + K) exp(t^2 / 2) Phi(-t) by q", of_q(lambda t: (t + K) * mills(t), K), *interval, 23)
    low = mpf(float(ZERO))
    print(f"zero of the slope of GELU: {float(ZERO).hex()} and {float(ZERO - low).hex()}")
    show("slope by q", of_q(slope, K), *interval, 22)
    show("(expm1(x) - x) / x^2", expm1_rest, mpf("-0.7001"), mpf(0), 11,
         lambda x, y: x ** 2 / mpmath.expm1(x) if x else 0)
    show("(2 atanh(s) - 2 s) / s^3 by s^2", atanh_rest, mpf(0), mpf(1) / 9, 10,
         lambda w, y: mpmath.sqrt(w) ** 3 / (2 * mpmath.atanh(mpmath.sqrt(w))) if w else 0)
    show("(x - tanh(x)) / x^3 by x^2", tanh_rest, mpf(0), mpf(1), 16)
    show("(sin(r) - r) / r^3 by r^2", sine_rest, mpf(0), mpf("0.79") ** 2, 6,
         lambda w, y: mpmath.sqrt(w) ** 3 / mpmath.sin(mpmath.sqrt(w)) if w else 0)
    over_pi(70)


if __name__ == "__main__":
    main()
