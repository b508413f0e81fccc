"""Prints the constants of src/functions/f64.rs and src/functions/f32.rs (needs mpmath)."""

import struct

from mpmath import chebyfit, erf, erfc, exp, factorial, ln, log, mp, mpf, nstr, pi, sqrt

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


def erf_rest(z):
    """erf(x) / x - 1 where z = x^2."""
    return (erf(sqrt(z)) / sqrt(z) if z > 0 else 2 / sqrt(pi)) - 1


def scaled_complement(t):
    """erfc(x) e^(x^2) where t = (x - 1) / (x + 3)."""
    x = (1 + 3 * t) / (1 - t)
    return erfc(x) * exp(x * x)


# erf's pieces meet at 27/32, where their errors are alike. t is 0 near it, so that its error is small.
BORDER = mpf(27) / 32
for name, function, interval, count in (
    ("ERF_REST", erf_rest, [0, BORDER**2], 12),
    ("ERFC_SCALED", scaled_complement, [(BORDER - 1) / (BORDER + 3), mpf(5) / 9], 18),
):
    coefficients, error = chebyfit(function, interval, count, error=True)
    print(name, "from the constant up, error", nstr(error, 3))
    for c in reversed(coefficients):
        print("   ", double(c))

print("\nsrc/functions/f32.rs")


def single(x):
    """The shortest digits that give the nearest 32-bit float."""
    nearest = lambda x: struct.unpack("f", struct.pack("f", float(x)))[0]
    return next(t for t in (f"{nearest(x):.{n}g}" for n in range(1, 12)) if nearest(t) == nearest(x))


def log_rest(f):
    """(ln(1 + f) - f + f^2 / 2) / f^3, by its series near 0."""
    if abs(f) < mpf(2) ** -40:
        return mpf(1) / 3 - f / 4
    return (mp.log1p(f) - f + f * f / 2) / f**3


def log_complement(v):
    """ln erfc(1 + v)."""
    return ln(erfc(1 + v))


for name, function, interval, count in (
    ("EXP_REST", quadratic_rest, [-radius, radius], 6),
    ("LN_REST", log_rest, [sqrt(mpf(1) / 2) - 1, sqrt(mpf(2)) - 1], 9),
    ("ERF_REST", erf_rest, [0, BORDER**2], 6),
    ("LN_ERFC", log_complement, [BORDER - 1, 3], 10),
):
    coefficients, error = chebyfit(function, interval, count, error=True)
    print(name, "from the constant up, error", nstr(error, 3))
    for c in reversed(coefficients):
        print("   ", single(c))
head = mp.floor(ln(2) * 2**12) / 2**12
print("ln 2       ", single(head), single(ln(2) - head))
print("1 / ln 2   ", single(1 / ln(2)))

print("\ntests/common/exact.rs")
head = mp.floor(ln(2) * 2**40) / 2**40
print("ln 2       ", double(head), *head_and_tail(ln(2) - head, 53))
for name, value in (("√½", sqrt(mpf(1) / 2)), ("2 / √π", 2 / sqrt(pi)), ("√(2/π)", sqrt(2 / pi))):
    print(name, "    ", double(value), double(value - mpf(float(value))))
