"""Prints the constants of src/functions.rs (needs mpmath)."""

from mpmath import chebyfit, exp, factorial, ln, log, mp, mpf, nstr

mp.prec = 300


def double(x):
    return repr(float(x))


def head_and_tail(x, bits):
    """x as a head of at most `bits` significant bits, and the double next to the rest."""
    scale = mpf(2) ** (bits - 1 - mp.floor(log(x, 2)))
    head = mp.floor(x * scale) / scale
    return double(head), double(x - head)


def quadratic_rest(r):
    """(e^r - 1 - r) / r^2, by its series: the quotient cancels near 0."""
    return sum(r**n / factorial(n + 2) for n in range(40))


# Half of ln 2, widened by the rounding of the reduction.
radius = ln(2) / 2 * (1 + mpf(2) ** -30)
coefficients, error = chebyfit(quadratic_rest, [-radius, radius], 11, error=True)
relative = radius**2 * error / exp(-radius)
print("EXP_REST, from r^0 up, relative error of e^r", nstr(log(relative, 2), 5), "bits")
for c in reversed(coefficients):
    print("   ", double(c))
print("1 / ln 2   ", double(1 / ln(2)))
print("ln 2       ", head_and_tail(ln(2), 42))
print("1 / 3      ", head_and_tail(mpf(1) / 3, 53))
print("sqrt(1/2)  ", hex(int(mp.floor(mp.sqrt(mpf(1) / 2) * 2**53)) - 2**52 | 1022 << 52))
