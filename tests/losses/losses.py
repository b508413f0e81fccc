"""Writes losses.csv: each loss and its gradient at extreme net inputs, by PyTorch in both precisions, and right.

Made with Python 3.11, torch 2.15.0 and mpmath 1.3.0:  python losses.py > losses.csv
The right values are of 50 digits, at the numbers of the columns; they are written with 17 digits.
"""

import itertools

import mpmath
import torch
import torch.nn.functional as F
from mpmath import mpf

mpmath.mp.dps = 50
EXTREMES = [1e4, -1e4, 1e2, -1e2, 1.0, -1.0, 0.0]


def softplus(z):
    return mpmath.log1p(mpmath.exp(z)) if z < 0 else z + mpmath.log1p(mpmath.exp(-z))


def sigmoid(z):
    return 1 / (1 + mpmath.exp(-z)) if z > 0 else mpmath.exp(z) / (1 + mpmath.exp(z))


def log_sum_exp(z):
    m = max(z)
    return m + mpmath.log(sum(mpmath.exp(x - m) for x in z))


def bce(z, t):
    value = sum(t * softplus(-z) + (1 - t) * softplus(z) for z, t in zip(z, t))
    return value, [sigmoid(z) - t for z, t in zip(z, t)]


def ce(z, t):
    total, all_t = log_sum_exp(z), sum(t)
    return sum(t * (total - z) for z, t in zip(z, t)), [mpmath.exp(z - total) * all_t - t for z, t in zip(z, t)]


def sign(x):
    return mpf((x > 0) - (x < 0))


def squared(factor):
    def loss(o, t):
        errors = [o - t for o, t in zip(o, t)]
        return factor(len(o)) * sum(e**2 for e in errors), [2 * factor(len(o)) * e for e in errors]

    return loss


def absolute(factor):
    def loss(o, t):
        errors = [o - t for o, t in zip(o, t)]
        return factor(len(o)) * sum(abs(e) for e in errors), [factor(len(o)) * sign(e) for e in errors]

    return loss


def huber(o, t):
    errors = [o - t for o, t in zip(o, t)]
    value = sum(e**2 / 2 if abs(e) <= 1 else abs(e) - mpf(1) / 2 for e in errors)
    return value, [max(mpf(-1), min(mpf(1), e)) for e in errors]


def one(_):
    return mpf(1)


LOSSES = {
    "binary_cross_entropy": (bce, lambda z, t: F.binary_cross_entropy_with_logits(z, t, reduction="sum")),
    "cross_entropy": (ce, lambda z, t: -(t * F.log_softmax(z, 0)).sum()),
    "half_squared_error": (squared(lambda _: mpf(1) / 2), lambda o, t: 0.5 * F.mse_loss(o, t, reduction="sum")),
    "squared_error": (squared(one), lambda o, t: F.mse_loss(o, t, reduction="sum")),
    "mean_squared_error": (squared(lambda n: mpf(1) / n), F.mse_loss),
    "absolute_error": (absolute(one), lambda o, t: F.l1_loss(o, t, reduction="sum")),
    "mean_absolute_error": (absolute(lambda n: mpf(1) / n), F.l1_loss),
    "huber": (huber, lambda o, t: F.huber_loss(o, t, reduction="sum")),
}


def cases(loss):
    """Net inputs and targets."""
    if loss == "binary_cross_entropy":
        more = [25.0, -25.0, 800.0, -800.0, 0.5, 1e-3] + [s * w for w in range(17, 91) for s in (1.0, -1.0)]
        for z, t in itertools.product(EXTREMES + more, [0.0, 1.0, 0.25]):
            yield [z], [t]
    elif loss == "cross_entropy":
        rows = [list(z) for z in itertools.product(EXTREMES, EXTREMES, [0.0])]
        rows += [[1e4, 1e4, 1e4], [-1e4, -1e4, -9999.0], [9999.0, 1e4, 9998.0], [-1e2, -1e2, -99.0], [25.0, 0.0, 0.0]]
        for z, t in itertools.product(rows, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.25, 0.25, 0.5]]):
            yield z, t
    else:
        # No exact fit: what is there is in the table of corners.
        for o, t in itertools.product(itertools.product(EXTREMES, EXTREMES), [[0.5, -0.5], [99.75, -9999.5]]):
            yield list(o), t


def numbers(values):
    return " ".join(repr(float(value)) for value in values)


def right(values):
    return " ".join(mpmath.nstr(value, 17) for value in values)


print(f"# torch {torch.__version__.split('+')[0]}: loss, precision, net inputs, targets, value and gradient by PyTorch, right value and gradient")
for name, (exact, pytorch) in LOSSES.items():
    for precision, kind in [("f32", torch.float32), ("f64", torch.float64)]:
        for z, t in cases(name):
            inputs = torch.tensor(z, dtype=kind, requires_grad=True)
            value = pytorch(inputs, torch.tensor(t, dtype=kind))
            value.backward()
            rounded = [mpf(float(x)) for x in inputs.detach()]
            value_right, gradient_right = exact(rounded, [mpf(x) for x in t])
            columns = [numbers(inputs.detach()), numbers(t), numbers([value.detach()]), numbers(inputs.grad)]
            print(",".join([name, precision, *columns, right([value_right]), right(gradient_right)]))
