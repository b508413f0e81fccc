"""Writes specifications/ and pytorch.csv beside itself: gradients with respect to inputs, by PyTorch.

Run it with `python3 inputs.py` (needs torch). Another version of PyTorch, or another machine, may change the last
digits.

A row of pytorch.csv: the network, the sample, what the numbers are, and the numbers. `loss`: the loss and its gradient with
respect to the input. `pulled`: the gradient with respect to the input, then those with respect to the parameters as they
are declared, row by row, of Σ (1 − 0.375 i) · output i.
"""

import random
from pathlib import Path

import torch
import torch.nn.functional as F

SAMPLES = 4

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def numbers(count, bound=1.0):
    return [round(random.uniform(-bound, bound), 3) for _ in range(count)]


# Name: inputs, statements before the layers, parameters, statements, target, output, losses.
NETWORKS = {
    "Regression": (
        "input x[3];",
        3,
        {"W1": (3, 5), "b1": (5,), "W2": (5, 2), "b2": (2,)},
        "layer hidden[5] = tanh(x @ W1 + b1);\n    layer y[2] = hidden @ W2 + b2;\n    target t[2];\n"
        "    loss mean_squared_error(y, t);",
        lambda: numbers(2),
        lambda x, W1, b1, W2, b2: torch.tanh(x @ W1 + b1) @ W2 + b2,
        lambda y, t: F.mse_loss(y, t),
    ),
    "Classes": (
        "input x[4];",
        4,
        {"W1": (4, 6), "b1": (6,), "W2": (6, 3), "b2": (3,)},
        "layer hidden[6] = gelu(x @ W1 + b1);\n    layer y[3] = softmax(hidden @ W2 + b2);\n"
        "    target t: class[3];\n    loss cross_entropy(y, t);",
        lambda: random.randrange(3),
        lambda x, W1, b1, W2, b2: torch.softmax(F.gelu(x @ W1 + b1) @ W2 + b2, 0),
        lambda y, t: -torch.log(y[t]),
    ),
    # Two inputs, one with named numbers; W is used twice; the input skips the code.
    "Tied": (
        "input u { i, j }\n    input v[2];",
        4,
        {"W": (4, 3), "S": (4, 4), "b": (3,), "c": (4,)},
        "layer code[3] = silu(concat(u, v) @ W + b);\n"
        "    layer y[4] = code @ transpose(W) + concat(u, v) @ S + c;\n    target t[4];\n"
        "    loss huber(y, t, delta = 0.5) + 0.1 * i * j;",
        lambda: numbers(4),
        lambda x, W, S, b, c: F.silu(x @ W + b) @ W.T + x @ S + c,
        lambda y, t: F.huber_loss(y, t, reduction="sum", delta=0.5),
    ),
}


def text(values):
    flat = values.tolist()
    rows = flat if isinstance(flat[0], list) else None
    one = lambda row: "[" + ", ".join(repr(number) for number in row) + "]"
    return "[" + ", ".join(one(row) for row in rows) + "]" if rows else one(flat)


def main():
    random.seed(22)
    here = Path(__file__).parent
    (here / "specifications").mkdir(exist_ok=True)
    rows = [f"# PyTorch {torch.__version__}, written by inputs.py", "network,sample,what,numbers"]
    for name, (head, inputs, shapes, statements, target, output, losses) in NETWORKS.items():
        parameters = {}
        for parameter, shape in shapes.items():
            count = torch.Size(shape).numel()
            parameters[parameter] = torch.tensor(numbers(count)).reshape(shape).requires_grad_()
        samples = [(numbers(inputs), target()) for _ in range(SAMPLES)]
        declared = "\n".join(
            f"    {'weights' if len(shapes[parameter]) == 2 else 'biases '} "
            f"{parameter}[{', '.join(map(str, shapes[parameter]))}] = {text(values.detach())};"
            for parameter, values in parameters.items()
        )
        shown = lambda t: str(t) if isinstance(t, int) else "(" + ", ".join(map(repr, t)) + ")"
        data = ", ".join(f"({', '.join(map(repr, x))}) -> {shown(t)}" for x, t in samples)
        (here / "specifications" / f"{name.lower()}.mlp").write_text(
            f"network {name}: f64 {{\n    {head}\n{declared}\n    {statements}\n    backward inputs;\n"
            f"    data {{ {data} }}\n}}\n"
        )
        for number, (x, t) in enumerate(samples):
            x = torch.tensor(x, requires_grad=True)
            t = t if isinstance(t, int) else torch.tensor(t)
            y = output(x, **parameters)
            loss = losses(y, t) + (0.1 * x[0] * x[1] if name == "Tied" else 0)
            (gradient,) = torch.autograd.grad(loss, [x])
            rows.append(row(name, number, "loss", [loss.detach().reshape(1), gradient]))
            seed = torch.tensor([1 - 0.375 * i for i in range(len(y))])
            pulled = torch.autograd.grad(output(x, **parameters), [x, *parameters.values()], seed)
            rows.append(row(name, number, "pulled", pulled))
    (here / "pytorch.csv").write_text("\n".join(rows) + "\n")


def row(name, number, what, tensors):
    flat = torch.cat([tensor.reshape(-1) for tensor in tensors]).tolist()
    return f"{name},{number},{what}," + ",".join(repr(number) for number in flat)


main()
