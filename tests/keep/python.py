"""Reads the file that the test wrote and writes what it has to `read.csv`; writes files of Python's own.

Run it with `python3 python.py` (needs numpy and safetensors) after `cargo test --test all keep::python -- --ignored`. The
order of the metadata in checkpoint_python.safetensors changes from run to run, everything else is the same each time. The
test compares `read.csv` with its network, and reads Python's files.
"""

from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

HERE = Path(__file__).parent

with safe_open(HERE / "checkpoint.safetensors", "numpy") as file:
    metadata = file.metadata()
    tensors = {name: file.get_tensor(name) for name in file.keys()}

lines = ["# written by python.py: a key and its value, or a tensor with its type, shape and numbers"]
for key in sorted(metadata):
    lines.append(f"key,{key},{metadata[key]}")
lines.append(f"best,{float.fromhex(metadata['mlp.best'])!r}")
for name in sorted(tensors):
    tensor = tensors[name]
    shape = " ".join(map(str, tensor.shape))
    numbers = [repr(number) for number in tensor.flatten().tolist()]
    lines.append(",".join([f"tensor,{name}", str(tensor.dtype), shape, *numbers]))
(HERE / "read.csv").write_text("\n".join(lines) + "\n")

# The same checkpoint in the order, and with the spaces, of Python.
metadata["note"] = 'from Python: "ß" 🦀'
metadata["mlp.best"] = float(0.1).hex()
save_file(tensors, HERE / "checkpoint_python.safetensors", metadata)

# A network of numbers that every reader can make: the tensors in another order than in the network.
numbers = (number / 8 - 1 for number in range(13))
shapes = {"b_y": (1,), "W_y": (3, 1), "b_hidden": (3,), "W_hidden": (2, 3)}
network = {}
for name, shape in shapes.items():
    count = int(np.prod(shape))
    network[name] = np.array([next(numbers) for _ in range(count)], dtype=np.float64).reshape(shape)
save_file({name: tensor.astype(np.float32) for name, tensor in network.items()}, HERE / "small_python.safetensors")
save_file(network, HERE / "wide_python.safetensors", {"made by": "Python"})
