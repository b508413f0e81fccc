"""Writes specifications/ and pytorch.csv beside itself: networks trained for 100 steps by PyTorch.

Run it with `python3 trajectories.py` (needs torch). Another version of PyTorch, or another machine,
may change the last digits.

A row of pytorch.csv: the run, which is the name of its specification; the step, counted from 1; the
objective before the step; and at some steps the parameters after it, as they are declared, row by row.

PyTorch's own loss functions, gradients, optimizers and schedulers are used, with one exception:
clip_grad_norm_ multiplies by bound / (norm + 1e-6), the language by bound / norm, so that is done here.
"""

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import torch
import torch.nn.functional as F
from torch.optim import SGD, Adam, AdamW, RMSprop
from torch.optim.lr_scheduler import LambdaLR

STEPS = 100
SHOWN = {1, 2, 3, 5, 10, 20, 50, 100}
SAMPLES = 6

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


@dataclass
class Network:
    """A network twice: as statements of the language, and as its output and its samples' losses in PyTorch."""

    name: str
    inputs: int
    parameters: dict
    statements: str
    target: Callable
    output: Callable
    losses: Callable
    # What PyTorch minimizes, where it is not the mean of the losses.
    objective: Callable = None


def numbers(count, bound):
    return [round(random.uniform(-bound, bound), 3) for _ in range(count)]


REGRESSION = Network(
    name="Regression",
    inputs=3,
    parameters={"W1": (3, 5), "b1": (5,), "W2": (5, 2), "b2": (2,)},
    statements="""
    layer hidden[5] = tanh(x @ W1 + b1);
    layer y[2] = hidden @ W2 + b2;
    target t[2];
    loss mean_squared_error(y, t);
""",
    target=lambda: numbers(2, 1),
    output=lambda x, W1, b1, W2, b2: torch.tanh(x @ W1 + b1) @ W2 + b2,
    losses=lambda y, t: F.mse_loss(y, t, reduction="none").mean(1),
)

CLASSES = Network(
    name="Classes",
    inputs=4,
    parameters={"W1": (4, 6), "b1": (6,), "W2": (6, 3), "b2": (3,)},
    statements="""
    layer hidden[6] = gelu(x @ W1 + b1);
    layer y[3] = softmax(hidden @ W2 + b2);
    target t: class[3];
    loss cross_entropy(y, t);
""",
    target=lambda: random.randrange(3),
    output=lambda x, W1, b1, W2, b2: F.gelu(x @ W1 + b1) @ W2 + b2,
    losses=lambda z, t: F.cross_entropy(z, t, reduction="none"),
)

# W is used twice, and the input skips the code.
TIED = Network(
    name="Tied",
    inputs=4,
    parameters={"W": (4, 3), "S": (4, 4), "b": (3,), "c": (4,)},
    statements="""
    layer code[3] = relu(x @ W + b);
    layer y[4] = code @ transpose(W) + x @ S + c;
    target t[4];
    loss huber(y, t, delta = 0.5);
""",
    target=lambda: numbers(4, 1),
    output=lambda x, W, S, b, c: F.relu(x @ W + b) @ W.T + x @ S + c,
    losses=lambda y, t: F.huber_loss(y, t, reduction="none", delta=0.5).sum(1),
)


# PyTorch's own mean over the weights of classes.
CLASS_WEIGHTS = Network(
    name="Weighted",
    inputs=4,
    parameters=CLASSES.parameters,
    statements=CLASSES.statements.replace(
        "cross_entropy(y, t)", "cross_entropy(y, t) weighted by concat(1, 2.5, 0.5) @ t"
    ),
    target=CLASSES.target,
    output=CLASSES.output,
    losses=None,
    objective=lambda z, t: F.cross_entropy(z, t, weight=torch.tensor([1, 2.5, 0.5])),
)

IMPORTANCES = Network(
    name="Important",
    inputs=3,
    parameters=REGRESSION.parameters,
    statements=REGRESSION.statements.replace("target t[2];", "target t[2];\n    importance w;").replace(
        "error(y, t)", "error(y, t) weighted by w"
    ),
    target=lambda: [*numbers(2, 1), abs(*numbers(1, 2))],
    output=REGRESSION.output,
    losses=None,
    objective=lambda y, t: (t[:, 2] * (y - t[:, :2]).square().mean(1)).sum() / t[:, 2].sum(),
)

# Two heads on one trunk: a class and two numbers.
HEADS = Network(
    name="Heads",
    inputs=4,
    parameters={"W": (4, 6), "b": (6,), "W1": (6, 3), "b1": (3,), "W2": (6, 2), "b2": (2,)},
    statements="""
    layer trunk[6] = tanh(x @ W + b);
    layer kind[3] = softmax(trunk @ W1 + b1);
    layer size[2] = trunk @ W2 + b2;
    output kind, size;
    target k: class[3];
    target s[2];
    loss cross_entropy(kind, k) + 0.5 * half_squared_error(size, s);
""",
    target=lambda: [random.randrange(3), *numbers(2, 1)],
    output=lambda x, W, b, W1, b1, W2, b2: torch.cat(
        [(h := torch.tanh(x @ W + b)) @ W1 + b1, h @ W2 + b2], dim=1
    ),
    losses=lambda y, t: F.cross_entropy(y[:, :3], t[:, 0].long(), reduction="none")
    + 0.25 * F.mse_loss(y[:, 3:], t[:, 1:], reduction="none").sum(1),
)

BITS = 2**64 - 1


def mixed(state):
    """The output of SplitMix64 (Steele, Lea and Flood, 2014) after this state."""
    state = (state + 0x9E3779B97F4A7C15) & BITS
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & BITS
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & BITS
    return state ^ (state >> 31)


def fnv1a(text):
    state = 0xCBF29CE484222325
    for byte in text.encode():
        state = ((state ^ byte) * 0x100000001B3) & BITS
    return state


def mask(seed, layer, rate, step, samples, units):
    """The masks of the samples of a step, as docs/reference.md defines them."""
    salt = int.from_bytes(b"dropout\0", "big")
    stream = mixed(mixed(mixed(seed) ^ salt) ^ fnv1a(layer))
    rows = []
    for sample in range(samples):
        state = mixed(mixed(stream ^ step) ^ sample)
        drawn = [mixed(state + unit * 0x9E3779B97F4A7C15) >> 11 for unit in range(units)]
        rows.append([0 if u / 2**53 < rate else 1 for u in drawn])
    return torch.tensor(rows)


# The step whose masks are drawn, counted from 1.
STEP = 0


def dropped(x, seed, layer, rate):
    return x * mask(seed, layer, rate, STEP, *x.shape) / (1 - rate)


DROPOUT = Network(
    name="Dropped",
    inputs=4,
    parameters={"W1": (4, 6), "b1": (6,), "W2": (6, 5), "b2": (5,), "W3": (5, 3), "b3": (3,)},
    statements="""
    seed 7;
    layer seen = dropout(x, rate = 0.125);
    layer h1[6] = dropout(tanh(seen @ W1 + b1), rate = 0.5);
    layer h2[5] = dropout(gelu(h1 @ W2 + b2), rate = 0.2);
    layer y[3] = softmax(h2 @ W3 + b3);
    target t: class[3];
    loss cross_entropy(y, t);
""",
    target=lambda: random.randrange(3),
    output=lambda x, W1, b1, W2, b2, W3, b3: dropped(
        F.gelu(
            dropped(torch.tanh(dropped(x, 7, "seen", 0.125) @ W1 + b1), 7, "h1", 0.5) @ W2 + b2
        ),
        7,
        "h2",
        0.2,
    )
    @ W3
    + b3,
    losses=lambda z, t: F.cross_entropy(z, t, reduction="none"),
)


@dataclass
class Run:
    """A training twice: as the language says it, and as PyTorch does it."""

    network: Network
    train: str
    optimizer: Callable
    schedule: Callable = None
    clip_norm: float = None
    clip_value: float = None
    sum: bool = False
    penalties: list = field(default_factory=list)
    penalty: Callable = lambda **_: 0
    frozen: set = field(default_factory=set)


RUNS = {
    "sgd": Run(REGRESSION, "sgd(rate = 0.3)", lambda p: SGD(p, lr=0.3)),
    "sgd_decay": Run(
        CLASSES, "sgd(rate = 0.3, decay = 0.01)", lambda p: SGD(p, lr=0.3, weight_decay=0.01)
    ),
    "momentum": Run(TIED, "momentum(rate = 0.05)", lambda p: SGD(p, lr=0.05, momentum=0.9)),
    "momentum_settings": Run(
        REGRESSION,
        "momentum(rate = 0.05, momentum = 0.8, decay = 0.01)",
        lambda p: SGD(p, lr=0.05, momentum=0.8, weight_decay=0.01),
    ),
    "nesterov": Run(
        CLASSES, "nesterov(rate = 0.05)", lambda p: SGD(p, lr=0.05, momentum=0.9, nesterov=True)
    ),
    "nesterov_settings": Run(
        TIED,
        "nesterov(rate = 0.02, momentum = 0.95, decay = 0.01)",
        lambda p: SGD(p, lr=0.02, momentum=0.95, weight_decay=0.01, nesterov=True),
    ),
    # Without settings, so that the defaults are compared, too.
    "rmsprop": Run(REGRESSION, "rmsprop()", lambda p: RMSprop(p)),
    "rmsprop_settings": Run(
        CLASSES,
        "rmsprop(rate = 0.005, smoothing = 0.9, epsilon = 0.001, decay = 0.02)",
        lambda p: RMSprop(p, lr=0.005, alpha=0.9, eps=1e-3, weight_decay=0.02),
    ),
    "adam": Run(TIED, "adam()", lambda p: Adam(p)),
    "adam_settings": Run(
        CLASSES,
        "adam(rate = 0.02, beta1 = 0.8, beta2 = 0.99, epsilon = 0.001, decay = 0.02)",
        lambda p: Adam(p, lr=0.02, betas=(0.8, 0.99), eps=1e-3, weight_decay=0.02),
    ),
    "adamw": Run(REGRESSION, "adamw()", lambda p: AdamW(p)),
    "adamw_settings": Run(
        TIED,
        "adamw(rate = 0.02, beta1 = 0.8, beta2 = 0.99, epsilon = 0.001, decay = 0.1)",
        lambda p: AdamW(p, lr=0.02, betas=(0.8, 0.99), eps=1e-3, weight_decay=0.1),
    ),
    "clip_norm": Run(
        CLASSES,
        "sgd(rate = 0.5), clip_norm = 0.2",
        lambda p: SGD(p, lr=0.5),
        clip_norm=0.2,
    ),
    "clip_value": Run(
        REGRESSION,
        "momentum(rate = 0.1), clip_value = 0.05",
        lambda p: SGD(p, lr=0.1, momentum=0.9),
        clip_value=0.05,
    ),
    "schedule": Run(
        REGRESSION,
        "adamw(rate = 0.02 * min(1, step / 10) * 0.5^floor(step / 40))",
        lambda p: AdamW(p, lr=0.02),
        schedule=lambda step: min(1, step / 10) * 0.5 ** (step // 40),
    ),
    "sum": Run(
        CLASSES, "sgd(rate = 0.05), reduction = sum", lambda p: SGD(p, lr=0.05), sum=True
    ),
    "penalty": Run(
        REGRESSION,
        "sgd(rate = 0.2)",
        lambda p: SGD(p, lr=0.2),
        penalties=["l2(W1, 0.02)", "l1(W2, 0.005)"],
        penalty=lambda W1, W2, **_: 0.02 * W1.square().sum() + 0.005 * W2.abs().sum(),
    ),
    "frozen": Run(CLASSES, "adam(rate = 0.02)", lambda p: Adam(p, lr=0.02), frozen={"W1", "b2"}),
    # The penalty belongs to the gradient that is clipped, the decay does not.
    "together": Run(
        TIED,
        "nesterov(rate = 0.1 / (1 + step / 20), decay = 0.05), reduction = sum, clip_norm = 1",
        lambda p: SGD(p, lr=0.1, momentum=0.9, weight_decay=0.05, nesterov=True),
        schedule=lambda step: 1 / (1 + step / 20),
        clip_norm=1,
        sum=True,
        penalties=["l2(W, 0.1)"],
        penalty=lambda W, **_: 0.1 * W.square().sum(),
        frozen={"b"},
    ),
    "class_weights": Run(CLASS_WEIGHTS, "adam(rate = 0.02)", lambda p: Adam(p, lr=0.02)),
    "importances": Run(
        IMPORTANCES,
        "sgd(rate = 0.2)",
        lambda p: SGD(p, lr=0.2),
        penalties=["l2(W1, 0.02)"],
        penalty=lambda W1, **_: 0.02 * W1.square().sum(),
    ),
    "heads": Run(HEADS, "momentum(rate = 0.05)", lambda p: SGD(p, lr=0.05, momentum=0.9)),
    # sgd has no state: the step is counted for the masks alone.
    "dropout": Run(DROPOUT, "sgd(rate = 0.3)", lambda p: SGD(p, lr=0.3)),
    "dropout_state": Run(
        DROPOUT,
        "adam(rate = 0.02)",
        lambda p: Adam(p, lr=0.02),
        penalties=["l2(W2, 0.01)"],
        penalty=lambda W2, **_: 0.01 * W2.square().sum(),
    ),
}


def specification(run, start, inputs, targets):
    """The run in the language, in the style of `mlpc fmt`."""
    lines = [f"network {run.network.name}: f64 {{", f"    input x[{run.network.inputs}];"]
    for name, values in start.items():
        kind, text = "biases", f"{values.tolist()}"
        if values.dim() == 2:
            kind, rows = "weights", ",\n        ".join(map(str, values.tolist()))
            text = f"[\n        {rows}\n    ]"
        frozen = "frozen " if name in run.frozen else ""
        lines.append(f"    {frozen}{kind} {name}{list(values.shape)} = {text};")
    lines.append(run.network.statements.strip("\n"))
    lines += [f"    penalty {penalty};" for penalty in run.penalties]
    lines.append(f"    train {run.train};")
    samples = [f"        {x} -> {t}," for x, t in zip(inputs, targets)]
    return "\n".join([*lines, "    data {", *samples, "    }", "}", ""])


def trajectory(run, parameters, inputs, targets):
    """The objective before each step, and the parameters after it."""
    trained = [parameter for name, parameter in parameters.items() if name not in run.frozen]
    for parameter in trained:
        parameter.requires_grad_()
    optimizer = run.optimizer(trained)
    # The language counts steps from 1, PyTorch from 0.
    scheduler = LambdaLR(optimizer, lambda step: run.schedule(step + 1) if run.schedule else 1)
    global STEP
    for STEP in range(1, STEPS + 1):
        output = run.network.output(inputs, **parameters)
        if run.network.objective:
            objective = run.network.objective(output, targets)
        else:
            losses = run.network.losses(output, targets)
            objective = losses.sum() if run.sum else losses.mean()
        objective = objective + run.penalty(**parameters)
        optimizer.zero_grad()
        objective.backward()
        if run.clip_norm:
            norm = torch.cat([parameter.grad.flatten() for parameter in trained]).norm()
            for parameter in trained:
                parameter.grad *= min(1, run.clip_norm / norm)
        if run.clip_value:
            torch.nn.utils.clip_grad_value_(trained, run.clip_value)
        optimizer.step()
        scheduler.step()
        values = torch.cat([parameter.detach().flatten() for parameter in parameters.values()])
        yield objective.item(), values.tolist()


def main():
    here = Path(__file__).parent
    (here / "specifications").mkdir(exist_ok=True)
    rows = [f"# PyTorch {torch.__version__}, written by trajectories.py", "run,step,objective,parameters"]
    for name, run in RUNS.items():
        random.seed(name)
        shapes = run.network.parameters
        start = {p: torch.tensor(numbers(torch.Size(s).numel(), 0.8)).reshape(s) for p, s in shapes.items()}
        inputs = [numbers(run.network.inputs, 2) for _ in range(SAMPLES)]
        targets = [run.network.target() for _ in range(SAMPLES)]
        (here / f"specifications/{name}.mlp").write_text(specification(run, start, inputs, targets))
        steps = trajectory(run, start, torch.tensor(inputs), torch.tensor(targets))
        for step, (objective, parameters) in enumerate(steps, 1):
            shown = [objective, *(parameters if step in SHOWN else [])]
            rows.append(",".join([name, str(step), *(f"{number:.17g}" for number in shown)]))
    (here / "pytorch.csv").write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
