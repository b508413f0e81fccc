"""Writes power.csv beside itself: powers of two numbers, rounded once from 120 digits, as bits of doubles.

Run it with `python3 power.py` (needs mpmath).
"""

import random
import struct
from fractions import Fraction
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 120


def bits(x):
    return f"{struct.unpack('<Q', struct.pack('<d', x))[0]:016x}"


def nearest(x):
    """The nearest double, ties to even: Python divides whole numbers so."""
    sign, man, exp, _ = x._mpf_
    if x > mpf(2) ** 1025:
        return float("inf")
    if x < mpf(2) ** -1080:
        return 0.0
    try:
        return int(man) * 2**exp / 1 if exp >= 0 else int(man) / 2**-exp
    except OverflowError:
        return float("inf")


def power(base, exponent):
    if exponent == int(exponent) and abs(exponent) <= 64:
        exact = Fraction(base) ** int(exponent)
        try:
            return exact.numerator / exact.denominator
        except OverflowError:
            return float("inf")
    value = nearest(mp.power(mpf(abs(base)), mpf(exponent)))
    return -value if base < 0 and exponent % 2 else value


def pairs():
    yield from [(2.0, 0.5), (10.0, 0.1), (2.0, 1 / 3), (1.5, 2.5), (0.1, 0.3), (3.0, 34.0), (3.0, -34.0), (-3.0, 35.0)]
    yield from [(9.0, 0.5), (0.25, 0.5), (4.0, -0.5), (8.0, 1 / 3), (0.001, 1 / 3), (1e300, 1.01), (1e300, 1.1)]
    yield from [(2.0, -1074.0), (2.0, -1075.0), (2.0, -1075.5), (2.0, -1074.5), (2.0, 1023.5), (2.0, 1024.0), (3.0, -678.0)]
    yield from [(1 + 2.0**-52, 2.0**60), (1 - 2.0**-53, 2.0**60), (1 + 2.0**-52, 1e18), (1 - 2.0**-53, -3e18), (5e-324, 0.5)]
    yield from [(5e-324, -0.9), (5e-324, 1e-300), (1.7976931348623157e308, 1e-9), (1.7976931348623157e308, -1.04)]
    for base in range(2, 20):
        for exponent in [*range(-36, 37, 3), 0.5, 1.5, 0.25, -0.75]:
            yield float(base), float(exponent)
    for _ in range(150):
        yield random.uniform(0, 10), random.uniform(-300, 300)
        yield random.uniform(0.99, 1.01), random.uniform(-60000, 60000)
        yield round(random.uniform(0, 3), 2), round(random.uniform(-5, 5), 1)
        # Powers of 53 bits and one more: ties.
        yield float(random.randrange(2**17, 2**18) | 1), 3.0
        yield float(random.randrange(2**26, 2**27) | 1), 2.0


def main():
    random.seed(1)
    rows = ["# written by power.py", "base,exponent,nearest"]
    for base, exponent in pairs():
        if base > 0 or exponent == int(exponent):
            rows.append(",".join(map(bits, [base, exponent, power(base, exponent)])))
    (Path(__file__).parent / "power.csv").write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
