"""Writes the weights of a PyTorch model in several forms to networks/pytorch, and pytorch.csv with outputs of PyTorch.

    pip install numpy safetensors torch
    python tests/memory/pytorch.py
"""

import pathlib

import numpy
import safetensors.torch
import torch

HERE = pathlib.Path(__file__).parent
FILES = HERE / "networks" / "pytorch"


def model():
    return torch.nn.Sequential(
        torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2)
    )


def main():
    torch.manual_seed(7)
    state = model().state_dict()
    rows = torch.randn(6, 3)
    lines = ["file,x1,x2,x3,y1,y2\n"]
    for name, dtype in [("f32", torch.float32), ("f16", torch.float16), ("bf16", torch.bfloat16), ("f64", torch.float64)]:
        # The numbers of a module, cast to `dtype`.
        cast = {f"net.{key}": value.to(dtype).contiguous() for key, value in state.items()}
        cast["head.weight"] = torch.zeros(1, 2, dtype=dtype)
        safetensors.torch.save_file(cast, FILES / f"{name}.safetensors")
        computed = torch.float64 if dtype == torch.float64 else torch.float32
        network = model().to(computed)
        network.load_state_dict({key: value.to(dtype).to(computed) for key, value in state.items()})
        for x, y in zip(rows.to(computed), network(rows.to(computed)).detach()):
            numbers = ",".join(repr(number) for number in [*x.tolist(), *y.tolist()])
            lines.append(f"{name},{numbers}\n")
    # In the form of Keras: matrices are not transposed.
    keras = {}
    for number, layer in [("0", "dense"), ("2", "dense_1"), ("4", "dense_2")]:
        keras[f"{layer}/kernel"] = state[f"{number}.weight"].numpy().T
        keras[f"{layer}/bias"] = state[f"{number}.bias"].numpy()
    numpy.savez(FILES / "keras.npz", **keras)
    numpy.savez_compressed(FILES / "deflated.npz", **{f"net.{key}": value.numpy() for key, value in state.items()})
    (HERE / "pytorch.csv").write_text("".join(lines))


main()
