"""Writes the tables beside itself (needs mpmath): exp, ln, tanh, erf, powf, and of the language's
prelude sigmoid, softplus, silu, gelu, gelu_tanh and elu.

A row: the bits of the argument (of two, for powf), the bits of the double next to the exact
result, and what the exact result exceeds that double by, in ulps of the double.
"""

import math
import random
import struct
from pathlib import Path

from mpmath import erf, exp, expm1, floor, ldexp, ln, log1p, mp, mpf, pi, sqrt, tanh

mp.prec = 400
random.seed(1)
TINY = 5e-324
LEAST_NORMAL = 2.0**-1022
LN_2 = math.log(2)


def bits(x):
    return f"{struct.unpack('<Q', struct.pack('<d', x))[0]:016x}"


def row(result, *arguments):
    _, exponent = math.frexp(float(result)) if abs(result) >= LEAST_NORMAL else (0, -1021)
    ulp = ldexp(mpf(1), exponent - 53)
    count = floor(result / ulp + mpf(1) / 2)
    head = math.ldexp(int(count), exponent - 53)
    return ",".join([*map(bits, arguments), bits(head), f"{float(result / ulp - count):.4f}"])


def with_neighbors(points):
    return [q for p in points for q in (math.nextafter(p, -math.inf), p, math.nextafter(p, math.inf))]


def both_signs(points):
    return [s * p for p in points for s in (1, -1)]


def uniform(n, low, high):
    return [random.uniform(low, high) for _ in range(n)]


def wide(n, low, high):
    return [2.0 ** random.uniform(low, high) for _ in range(n)]


def write(name, header, rows):
    text = "\n".join([header + ",result,excess", *rows]) + "\n"
    Path(__file__).with_name(name + ".csv").write_text(text)


# Reduction boundaries, tiny arguments, both ends of the range and of the normal numbers.
exp_points = (
    with_neighbors(both_signs([(k + 0.5) * LN_2 for k in (0, 1, 2, 3, 50, 700, 1020)]))
    + with_neighbors(both_signs([k * LN_2 for k in (1, 2, 3, 10, 100, 1021)]))
    + with_neighbors([709.78, 709.7827128933839, -708.3964185322641, -709.0, -744.0, -745.1])
    + both_signs([TINY, LEAST_NORMAL, 1e-300, 2.0**-54, 2.0**-53, 2.0**-52, 1e-8, 0.5, 1, 2, 10])
    + uniform(120, -745, 709)
    + uniform(120, -2, 2)
    + both_signs(wide(30, -60, 9))
)
write("exp", "x", [row(exp(mpf(x)), x) for x in exp_points])

ln_points = (
    with_neighbors([2.0**-1022, 2.0**-1000, 0.25, 0.5, math.sqrt(0.5), math.sqrt(2), 2, 4, 10, 1e300])
    + [math.nextafter(1, 0), math.nextafter(1, 2), 1 + 2.0**-30, 1 - 2.0**-30, 1 + 1e-8, 1 - 1e-8]
    + [TINY, 2 * TINY, 3 * TINY, 1e-310, 1.7976931348623157e308, math.e]
    + uniform(120, 0.5, 2)
    + uniform(60, 0.99, 1.01)
    + wide(120, -1074, 1023)
)
write("ln", "x", [row(ln(mpf(x)), x) for x in ln_points])

tanh_points = (
    with_neighbors(both_signs([(k + 0.5) * LN_2 / 2 for k in (0, 1, 2, 3, 10, 52)]))
    + with_neighbors(both_signs([math.log(1 + 2.0**j) / 2 for j in range(-6, 6)] + [5 / 8]))
    + both_signs([TINY, 3 * TINY, LEAST_NORMAL, 1e-300, 2.0**-54, 2.0**-30, 2.0**-27, 1e-8])
    + both_signs([0.25, 0.5, 1, 2, 10, 18, 19, 19.0615, 20, 22, 22.5])
    + uniform(120, -3, 3)
    + uniform(80, -20, 20)
    + both_signs(wide(30, -60, 4))
)
write("tanh", "x", [row(tanh(mpf(x)), x) for x in tanh_points])


def power_pairs():
    for base, exponent in [
        (2, 10), (2, -1022), (2, 1023), (3, 33), (10, 22), (7, 3), (-3, 3), (-2, 52), (1.5, 30),
        (0.5, 1022), (-0.5, 11), (4, 0.5), (81, 0.25), (2, 0.5), (10, -3), (10, 308), (-10, 307),
    ]:
        yield float(base), float(exponent)
    for _ in range(120):
        yield random.uniform(0, 10), random.uniform(-20, 20)
    # Results over the whole range: from bases near 1, of all sizes, and subnormal.
    for base in uniform(60, 0.99, 1.01) + wide(80, -1022, 1023) + wide(20, -1074, -1023):
        yield base, random.uniform(-708, 709) / math.log(base)
    for base in [math.nextafter(1, 0), math.nextafter(1, 2), 1 + 2.0**-40]:
        yield from ((base, t / math.log(base)) for t in (-708, -700, -1, 1, 700, 709))
    for base in uniform(20, 0, 10):
        yield from ((base, e) for e in (TINY, 1e-300, 1e-17, -1e-9, 1 / 3, 1, 2, 3, -1, -2))


def power(base, exponent):
    """mpmath's own power takes integers as such; this is exact enough for all."""
    magnitude = exp(mpf(exponent) * ln(abs(mpf(base))))
    return -magnitude if base < 0 and exponent % 2 == 1 else magnitude


write("powf", "base,exponent", [row(power(b, e), b, e) for b, e in power_pairs()])

# The last place where erf is below 1, the border of the two polynomials, tiny arguments.
erf_points = (
    with_neighbors(both_signs([0.25, 0.5, 27 / 32, 1, 2, 3, 5.863584748755167, 5.9, 6, 7]))
    + both_signs([TINY, 3 * TINY, LEAST_NORMAL, 1e-300, 2.0**-54, 2.0**-30, 2.0**-27, 1e-8])
    + uniform(150, -1.2, 1.2)
    + uniform(150, -6, 6)
    + both_signs(wide(30, -60, 2))
)
write("erf", "x", [row(erf(mpf(x)), x) for x in erf_points])

# The prelude. Below -6 gelu's bound is one on the absolute error, and the reference of the tests has no more bits.
tails = uniform(60, -4, 4) + uniform(40, -40, 40) + both_signs([TINY, 1e-300, 1e-20, 1e-8, 0.5, 1, 2])
all_points = with_neighbors([-20, 20, -50, -708]) + uniform(40, -700, 700) + tails
for name, function in (
    ("sigmoid", lambda x: 1 / (1 + exp(-x))),
    ("softplus", lambda x: log1p(exp(x))),
    ("silu", lambda x: x / (1 + exp(-x))),
):
    write(name, "x", [row(function(mpf(x)), x) for x in all_points])
near_points = [x for x in tails if x > -6]
for name, function in (
    ("gelu", lambda x: x / 2 * (1 + erf(x / sqrt(mpf(2))))),
    ("gelu_tanh", lambda x: x / 2 * (1 + tanh(sqrt(2 / pi) * (x + mpf(0.044715) * x**3)))),
):
    write(name, "x", [row(function(mpf(x)), x) for x in near_points])
write("elu", "x", [row(expm1(mpf(x)), x) for x in tails if x < 0])
