"""Writes specifications/ and the tables beside itself: each function of the prelude and each primitive, with its
derivative, where numbers are extreme: NaN, infinities, both zeros, the least number, kinks, 1e4, 1e30, 1e300.

Run it with `python3 corners.py` (needs torch and mpmath).

The last column of a row says where its numbers come from:
- pytorch: PyTorch's value, and its gradient by autograd, in this number type on a processor;
- exact: PyTorch has no such function; the formula with 60 digits, rounded once;
- a letter: PyTorch has another number, and the language means this one for the reason in DIFFERENT.

A derivative at NaN is not compared: see docs/functions.md.
"""

import math
import re
from pathlib import Path

import torch
import torch.nn.functional as F
from mpmath import mp, mpf

mp.dps = 60
torch.set_num_threads(1)
NAN, INF = math.nan, math.inf
TYPES = {"f32": (torch.float32, 2.0**-149, 1e30), "f64": (torch.float64, 5e-324, 1e300)}

DIFFERENT = {
    "a": "the derivative of a tie belongs to the second operand; PyTorch halves it",
    "b": "the limit exists; PyTorch has NaN",
    "c": "a power is that of C99; PyTorch takes a square root",
    "d": "a target of 0 contributes nothing; PyTorch has NaN",
    "f": "at base 0 a power has no slope with respect to the exponent; PyTorch has -inf for negative ones",
    "e": "1 / 6 is rounded to this type; PyTorch rounds it to 32 bits",
}

# Formulas of x in the language and in PyTorch, or with mpmath as value and derivative.
FUNCTIONS = {
    "exp(x)": torch.exp,
    "ln(x)": torch.log,
    "sqrt(x)": torch.sqrt,
    "tanh(x)": torch.tanh,
    "erf(x)": torch.erf,
    "floor(x)": torch.floor,
    "-x": torch.neg,
    "1 / x": torch.reciprocal,
    "x^2": torch.square,
    "x^3": lambda x: x**3,
    "x^1": lambda x: x**1,
    "x^0": lambda x: x**0,
    "x^0.5": lambda x: x**0.5,
    "x^2.5": lambda x: x**2.5,
    "x^(-1)": lambda x: x**-1,
    "2^x": lambda x: torch.tensor(2, dtype=x.dtype) ** x,
    "identity(x)": lambda x: x * 1,
    "sigmoid(x)": torch.sigmoid,
    "relu(x)": F.relu,
    "relu6(x)": F.relu6,
    "leaky_relu(x)": F.leaky_relu,
    "elu(x)": F.elu,
    "selu(x)": F.selu,
    "gelu(x)": F.gelu,
    "gelu_tanh(x)": lambda x: F.gelu(x, approximate="tanh"),
    "silu(x)": F.silu,
    "ln_1p(x)": torch.log1p,
    "softplus(x)": F.softplus,
    "log_sigmoid(x)": F.logsigmoid,
    "mish(x)": F.mish,
    "abs(x)": torch.abs,
    "softsign(x)": F.softsign,
    "hard_sigmoid(x)": F.hardsigmoid,
    "ln_cosh(x)": (lambda x: mp.log(mp.cosh(x)), mp.tanh),
    "max(x, 2)": lambda x: torch.maximum(x, torch.full_like(x, 2)),
    "max(2, x)": lambda x: torch.maximum(torch.full_like(x, 2), x),
    "min(x, 2)": lambda x: torch.minimum(x, torch.full_like(x, 2)),
    "min(2, x)": lambda x: torch.minimum(torch.full_like(x, 2), x),
    "l1(x, 1)": torch.abs,
    "l2(x, 1)": torch.square,
}


def xlogy(t, x):
    return mpf(0) if t == 0 else t * mp.log(x)


def over(t, x):
    return mpf(0) if t == 0 else mpf(INF) if x == 0 else t / x


LOG_LOSS = (
    lambda x, t: -xlogy(t, x) - xlogy(1 - t, 1 - x),
    lambda x, t: over(1 - t, 1 - x) - over(t, x),
)

# Formulas of x and t.
PAIRS = {
    "max(x, t)": torch.maximum,
    "min(x, t)": torch.minimum,
    "x ^ t": torch.pow,
    "x * t": torch.mul,
    "x / t": torch.div,
    "x + t": torch.add,
    "x - t": torch.sub,
    "half_squared_error(x, t)": lambda x, t: 0.5 * F.mse_loss(x, t),
    "squared_error(x, t)": F.mse_loss,
    "mean_squared_error(x, t)": F.mse_loss,
    "absolute_error(x, t)": F.l1_loss,
    "mean_absolute_error(x, t)": F.l1_loss,
    "huber(x, t)": F.huber_loss,
    "huber(x, t, delta = 3)": lambda x, t: F.huber_loss(x, t, delta=3),
    "log_cosh(x, t)": (lambda x, t: mp.log(mp.cosh(t - x)), lambda x, t: mp.tanh(x - t)),
    "hinge(x, t)": lambda x, t: F.relu(1 - t * x),
    "cross_entropy(x, t)": (lambda x, t: -xlogy(t, x), lambda x, t: -over(t, x)),
    "kl_divergence(x, t)": lambda x, t: F.kl_div(x.log(), t, reduction="sum"),
    "log_loss(x, t)": LOG_LOSS,
    "binary_cross_entropy(x, t)": LOG_LOSS,
    "log_loss_from_logit(x, t)": F.binary_cross_entropy_with_logits,
    "binary_cross_entropy_from_logits(x, t)": F.binary_cross_entropy_with_logits,
}
# Those whose second operand has a gradient as well.
OPERATIONS = list(PAIRS)[:7]

# Losses of three net inputs z and a distribution t.
CLASSES = {
    "cross_entropy(softmax(z), t)": F.cross_entropy,
    "cross_entropy_from_logits(z, t)": F.cross_entropy,
    "kl_divergence(softmax(z), t)": lambda z, t: F.kl_div(z.log_softmax(0), t, reduction="sum"),
    "sum(softmax(z) * t)": lambda z, t: (z.softmax(0) * t).sum(),
    "mean(softmax(z) * t)": lambda z, t: (z.softmax(0) * t).mean(),
}


def arguments(name):
    _, least, large = TYPES[name]
    positive = [0.0, least, 1 / large, 0.5, 1.0, 2.0, 3.0, 6.0, 20.0, 100.0, 1e4, large, INF]
    return [NAN, *positive, *(-x for x in positive)]


def pairs(name):
    _, least, large = TYPES[name]
    some = [NAN, 0.0, -0.0, 1.0, -1.0, 2.0, 0.5, least, -1e4, large, INF, -INF]
    return [(x, t) for x in some for t in some]


def classes(name):
    _, least, large = TYPES[name]
    logits = [(0, 0, 0), (1e4, 0, -1e4), (-1e4, 1e4, 1e4), (1e4, 1e4, 1e4), (-1e4, -1e4, -1e4), (large, 0, -large)]
    logits += [(20, -20, 0), (110, 0, -800), (least, 0, 1), (NAN, 0, 0), (0, 0, NAN), (-INF, 0, 1), (INF, 0, 0)]
    targets = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0.25, 0.5, 0.25)]
    return [([float(z) for z in zs], [float(t) for t in ts]) for zs in logits for ts in targets]


def by_torch(function, operands, dtype):
    operands = [torch.tensor(x, dtype=dtype, requires_grad=True) for x in operands]
    value = function(*operands)
    if value.grad_fn is None:
        return [value.item()] + [0.0] * sum(x.numel() for x in operands)
    value.backward()
    gradients = [torch.zeros_like(x) if x.grad is None else x.grad for x in operands]
    return [value.item()] + [d for g in gradients for d in g.flatten().tolist()]


def by_mpmath(functions, operands, dtype):
    def of(function):
        try:
            value = function(*map(mpf, operands))
        except ZeroDivisionError:
            return NAN
        except ValueError:
            return NAN
        return NAN if isinstance(value, mp.mpc) else torch.tensor(float(value), dtype=dtype).item()

    return [of(function) for function in functions]


def text(x, name):
    digits = 9 if name == "f32" else 17
    return "nan" if math.isnan(x) else f"{x:.{digits}g}"


def of_function(formula, name, operands):
    """The numbers of a row of FUNCTIONS or PAIRS, and where they are from."""
    known = {**FUNCTIONS, **PAIRS}[formula]
    dtype = TYPES[name][0]
    if isinstance(known, tuple):
        numbers, source = by_mpmath(known, operands, dtype), "exact"
    else:
        numbers, source = by_torch(known, operands, dtype), "pytorch"
        if formula not in OPERATIONS:
            numbers = numbers[:2]
    different = differently(formula, name, operands, numbers)
    return different or (numbers, source)


def differently(formula, name, operands, numbers):
    """Where the language means another number than PyTorch has."""
    x = operands[0]
    value, slope = numbers[:2]
    if formula[:3] in ("max", "min") and slope == 0.5:
        second = 0.0 if formula.endswith("2)") else 1.0
        return [value, *([0.0, 1.0] if formula in OPERATIONS else [second])], "a"
    if formula == "gelu_tanh(x)" and abs(x) > 1e20:
        return [value, 1.0 if x > 0 else 0.0], "b"
    if formula == "softsign(x)" and math.isinf(x):
        return [value, 0.0], "b"
    if "from_logit" in formula and formula in PAIRS and x == -INF and operands[1]:
        return [INF, slope], "b"
    if formula == "x^0.5" and (x == -INF or text(x, name) == "-0"):
        return ([0.0, INF] if x == 0 else [INF, 0.0]), "c"
    if formula == "x ^ t" and x == 0 and math.isinf(numbers[2]):
        return [value, slope, 0.0], "f"
    if formula == "kl_divergence(x, t)" and operands[1] == 0:
        return [0.0, 0.0], "d"
    if formula == "hard_sigmoid(x)" and name == "f64" and 0 < slope < 1:
        return [value, 1 / 6], "e"
    if formula in CLASSES and -INF in x and math.isnan(value):
        return [of_classes(formula, x, operands[1]), *numbers[1:]], "b"
    return None


def of_classes(formula, z, t):
    """A loss of net inputs of which some are minus infinity, where their targets are 0."""
    total = mp.log(sum(mp.exp(z) for z in z))
    entropy = sum(xlogy(mpf(t), mpf(t)) for t in t) if formula.startswith("kl") else 0
    return float(entropy + sum(t * (total - z) for z, t in zip(z, t) if t))


def sensible(formula, x, t):
    """Whether a loss has such operands."""
    if formula.startswith("hinge"):
        return t in (-1, 1)
    if "from_logit" in formula:
        return t in (0, 1, 0.5)
    if "entropy" in formula or "divergence" in formula or "log_loss" in formula:
        return t in (0, 1, 0.5) and (0 <= x <= 1 or math.isnan(x)) and math.copysign(1, x) > 0
    return formula in OPERATIONS or t in (0, 2) or math.isnan(t)


def neuron(formula, k):
    """A formula of the tables with weights of its own."""
    formula = re.sub(r"\bx\b", f"(w{k} * a)", formula)
    return re.sub(r"\bz\b", f"(w{k} * a)", formula)


HEAD = "/// Replaces a parameter by its gradient.\nrule gradient() {\n    w = g;\n}\n"


def specification(title, name, inputs, neurons, weights, more=""):
    weights = "".join(f"    weights {weight};\n" for weight in weights)
    neurons = "".join(f"        o{k} = {formula},\n" for k, formula in enumerate(neurons))
    loss = " + ".join(f"o{k}" for k in range(neurons.count("\n")))
    return (
        f"{HEAD}network {title}: {name} {{\n{inputs}{weights}    layer y {{\n{neurons}    }}\n"
        f"    loss {loss};\n    train gradient();\n}}\n"
    )


def specifications(name):
    functions = [neuron(formula, k) for k, formula in enumerate(FUNCTIONS)]
    weights = [f"w{k}" for k in range(len(functions))]
    yield "functions", specification("Functions", name, "    input a;\n", functions, weights)
    count = len(arguments(name))
    # A penalty is one number.
    functions = [neuron(formula, k) for k, formula in enumerate(FUNCTIONS) if formula[:2] not in ("l1", "l2")]
    weights = weights[: len(functions)]
    layers = "".join(f"    layer o{k}[{count}] = {formula};\n" for k, formula in enumerate(functions))
    parts = ", ".join(f"o{k}" for k in range(len(functions)))
    yield "loops", (
        f"{HEAD}network Loops: {name} {{\n    input a;\n"
        + "".join(f"    weights {weight}[{count}];\n" for weight in weights)
        + f"{layers}    layer y[{count * len(functions)}] = concat({parts});\n"
        + "    loss sum(y);\n    train gradient(), batch 1;\n    unroll never;\n}\n"
    )
    pairs, weights = [], []
    for k, formula in enumerate(PAIRS):
        weights.append(f"w{k}")
        formula = neuron(formula, k)
        if k < len(OPERATIONS):
            weights.append(f"u{k}")
            formula = re.sub(r"\bt\b", f"(u{k} * a)", formula)
        pairs.append(formula)
    yield "pairs", specification("Pairs", name, "    input given { a, t }\n", pairs, weights)
    of_classes = [neuron(formula, k) for k, formula in enumerate(CLASSES)]
    weights = [f"w{k}[3]" for k in range(len(of_classes))]
    inputs = "    input a;\n    input t[3];\n"
    yield "classes", specification("Classes", name, inputs, of_classes, weights)


def main():
    here = Path(__file__).parent
    (here / "specifications").mkdir(exist_ok=True)
    head = f"# PyTorch {torch.__version__}, written by corners.py"
    tables = {"functions": [head, "formula;type;x;value;by x;source"]}
    tables["pairs"] = [head, "formula;type;x;t;value;by x;by t;source"]
    tables["classes"] = [head, "formula;type;z;z;z;t;t;t;value;by z;by z;by z;source"]
    for name, (dtype, *_) in TYPES.items():
        for file, content in specifications(name):
            (here / f"specifications/{file}_{name}.mlp").write_text(content)

        def row(table, formula, operands, numbers, source):
            numbers = [text(x, name) for x in [*operands, *numbers]]
            tables[table].append(";".join([formula, name, *numbers, source]))

        for formula in FUNCTIONS:
            for x in arguments(name):
                x = torch.tensor(x, dtype=dtype).item()
                row("functions", formula, [x], *of_function(formula, name, [x]))
        for formula in PAIRS:
            for x, t in pairs(name):
                x, t = torch.tensor([x, t], dtype=dtype).tolist()
                if sensible(formula, x, t):
                    row("pairs", formula, [x, t], *of_function(formula, name, [x, t]))
        for formula, function in CLASSES.items():
            for z, t in classes(name):
                z, t = (torch.tensor(v, dtype=dtype).tolist() for v in (z, t))
                numbers = by_torch(function, [z, t], dtype)[:4]
                different = differently(formula, name, [z, t], numbers)
                row("classes", formula, [*z, *t], *(different or (numbers, "pytorch")))
    for table, rows in tables.items():
        (here / f"{table}.csv").write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
