"""Values of elementary functions at doubles, as two doubles each, for the test of wide numbers: `values.txt`.

python3 values.py > values.txt   (mpmath)
"""
import random

from mpmath import erf, exp, log, mp, mpf, sqrt, tanh

mp.prec = 400
random.seed(1)


def line(name, f, x):
    value = f(mpf(x))
    exponent = 0 if value == 0 else int(mp.floor(mp.log(abs(value), 2)))
    mantissa = value / mpf(2) ** exponent
    high = float(mantissa)
    print(name, repr(x), repr(high), repr(float(mantissa - mpf(high))), exponent)


def wide(low, high):
    return random.choice([-1, 1]) * 10 ** random.uniform(low, high)


for name, f in [("exp", exp), ("tanh", tanh), ("erf", erf), ("ln", log), ("sqrt", sqrt)]:
    points = [wide(-20, -3) for _ in range(8)] + [wide(-3, 0) for _ in range(16)] + [wide(0, 1.3) for _ in range(16)]
    points += [0.5, 1.0, 2.0, 0.2, 0.06, 10.0, 8.9, 3.0]
    if name in ("exp", "tanh"):
        points += [wide(1.3, 5) for _ in range(16)] + [-800.0, 800.0, 1e9]
    if name in ("ln", "sqrt"):
        points = [abs(x) for x in points] + [10 ** random.uniform(-300, 300) for _ in range(16)]
    if name == "ln":
        points = [x for x in points if x != 1.0] + [1 + wide(-15, -1) for _ in range(16)] + [5e-324]
    for x in points:
        line(name, f, x)
