"""Writes the files of weights of these tests, and outputs.csv: what NumPy computes from them.

Run it with `python3 weights.py` (needs numpy and safetensors); it gives the same bytes each time.

A row of outputs.csv: the network, then its input, then its output, in 64-bit floats. Beside the good files it
writes the bad ones of mlpc/tests/fixtures.
"""

from pathlib import Path

import numpy as np
from safetensors.numpy import save

HERE = Path(__file__).parent
FIXTURES = HERE / "../../mlpc/tests/fixtures"
random = np.random.default_rng(7)


def drawn(shape, dtype):
    return random.uniform(-1, 1, shape).astype(dtype)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def rows():
    """`x @ W`, as the language has it: networks/rows.mlp."""
    tensors = {
        "W_hidden": drawn((4, 5), np.float32),
        "b_hidden": drawn(5, np.float32),
        "W_y": drawn((5, 3), np.float32),
        "b_y": drawn(3, np.float32),
    }
    (HERE / "networks/rows.safetensors").write_bytes(save(tensors))
    # For a path that stands in a macro: a scalar more.
    given = tensors | {"other": np.array(2, dtype=np.float32)}
    (HERE / "networks/given.safetensors").write_bytes(save(given))
    w = {name: tensor.astype(np.float64) for name, tensor in tensors.items()}
    for _ in range(3):
        x = drawn(4, np.float32).astype(np.float64)
        hidden = np.tanh(x @ w["W_hidden"] + w["b_hidden"])
        yield "Rows", x, sigmoid(hidden @ w["W_y"] + w["b_y"])


def turned():
    """`nn.Linear` of PyTorch, whose weight is [outputs, inputs]: networks/turned.mlp. One matrix is square."""
    w = {
        "W_hidden": drawn((3, 3), np.float64),
        "b_hidden": drawn(3, np.float64),
        "W_y": drawn((2, 3), np.float64),
        "scale": drawn((), np.float64),
        "step": drawn((1,), np.float64),
    }
    (HERE / "networks/weights/turned.safetensors").write_bytes(save(w))
    for _ in range(3):
        x = drawn(3, np.float64)
        hidden = np.tanh(w["W_hidden"] @ x + w["b_hidden"])
        yield "Turned", x, w["scale"] * (w["W_y"] @ hidden) + w["step"] * 0.25


def bad():
    """Files with one mistake each, for `weights W[2, 3]; biases b[3];`."""
    good = {
        "W": np.arange(6, dtype=np.float32).reshape(2, 3) / 8,
        "b": np.array([0.5, 0.25, 0.125], dtype=np.float32),
    }
    files = {
        "good": good,
        "turned": good | {"W": good["W"].T.copy()},
        "half": good | {"W": good["W"].astype(np.float16)},
        "double": {name: tensor.astype(np.float64) for name, tensor in good.items()},
        "few": {"W": good["W"], "bias": good["b"]},
        "many": good | {"fc.weight\u202e": good["b"], "fc.bias": good["b"]},
        "other": good | {"b": np.zeros(4, dtype=np.float32)},
        "infinite": good | {"W": np.where(good["W"] == 0.5, np.float32(np.inf), good["W"])},
    }
    for name, tensors in files.items():
        (FIXTURES / f"weights_{name}.safetensors").write_bytes(save(tensors))
    whole = save(good)
    (FIXTURES / "weights_cut.safetensors").write_bytes(whole[:-3])
    (FIXTURES / "weights_foreign.safetensors").write_bytes(b"\x93NUMPY\x01\x00v\x00{'descr': '<f4'}")
    (FIXTURES / "weights_header.safetensors").write_bytes(whole[:8] + b"[" + whole[9:])
    (FIXTURES / "weights_empty.safetensors").write_bytes(b"")


(HERE / "networks/weights").mkdir(exist_ok=True)
lines = ["# network, input, output; written by weights.py"]
for name, x, y in [*rows(), *turned()]:
    lines.append(",".join([name, *(repr(float(n)) for n in [*x, *y])]))
(HERE / "outputs.csv").write_text("\n".join(lines) + "\n")
bad()
