"""Writes the files of arrays beside it, and arrays.csv with what they contain.

    pip install numpy safetensors torch
    python tests/tensors/arrays.py
"""

import pathlib

import numpy
import safetensors.numpy
import safetensors.torch
import torch

HERE = pathlib.Path(__file__).parent

grid = numpy.array([[0.5, -1.25, 3.0], [1e-3, 65504.0, -0.0]])
ARRAYS = {
    "f8": grid / 3,
    "f4": (grid / 3).astype("<f4"),
    "f2": (grid / 3).astype("<f2"),
    "columns": numpy.asfortranarray(grid / 7),
    "cube": numpy.asfortranarray(numpy.arange(24.0).reshape(2, 3, 4).astype("<f4")),
    "big": (grid / 3).astype(">f4"),
    "i8": numpy.array([-(2**53), 0, 2**53]),
    "i4": numpy.array([-(2**31), 2**31 - 1], dtype="<i4"),
    "i2": numpy.array([-(2**15), 2**15 - 1], dtype=">i2"),
    "i1": numpy.array([-128, 127], dtype="i1"),
    "u8": numpy.array([2**63, 2**64 - 2**11], dtype="<u8"),
    "u4": numpy.array([0, 2**32 - 1], dtype="<u4"),
    "u2": numpy.array([0, 2**16 - 1], dtype="<u2"),
    "u1": numpy.array([[0], [255]], dtype="u1"),
    "truth": numpy.array([True, False]),
    "scalar": numpy.array(0.1),
    "empty": numpy.zeros((0, 3)),
}


def line(file, name, array):
    numbers = " ".join(float(number).hex() for number in array.astype("f8").flatten(order="C"))
    return f"{file},{name},{' '.join(map(str, array.shape))},{numbers}\n"


def main():
    lines = []
    numpy.savez(HERE / "stored.npz", **ARRAYS)
    numpy.savez_compressed(HERE / "deflated.npz", **ARRAYS)
    for name, array in ARRAYS.items():
        lines += [line("stored.npz", name, array), line("deflated.npz", name, array)]
    for version in [(1, 0), (2, 0), (3, 0)]:
        name = f"version{version[0]}.npy"
        with open(HERE / name, "wb") as file:
            numpy.lib.format.write_array(file, ARRAYS["columns"], version=version)
        lines.append(line(name, "", ARRAYS["columns"]))
    plain = {name: numpy.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"))) for name, array in ARRAYS.items()}
    safetensors.numpy.save_file(plain, HERE / "numpy.safetensors", metadata={"by": "NumPy"})
    lines += [line("numpy.safetensors", name, array) for name, array in plain.items()]
    half = torch.tensor(grid / 3).to(torch.bfloat16)
    safetensors.torch.save_file({"bf16": half, "f16": half.to(torch.float16)}, HERE / "torch.safetensors")
    lines += [line("torch.safetensors", name, numbers.double().numpy()) for name, numbers in [("bf16", half), ("f16", half.to(torch.float16))]]
    numpy.save(HERE / "objects.npy", numpy.array([None, 1], dtype=object))
    numpy.save(HERE / "complex.npy", numpy.array([1j]))
    numpy.save(HERE / "structured.npy", numpy.zeros(2, dtype=[("a", "<f4")]))
    numpy.save(HERE / "inexact.npy", numpy.array([1, 2**53 + 1]))
    (HERE / "arrays.csv").write_text("file,name,shape,numbers\n" + "".join(lines))
    # Each number of 16 bits in both forms, by the widening of the two libraries.
    bits = numpy.arange(2**16, dtype="<u2")
    with numpy.errstate(invalid="ignore"):
        wide = bits.view("<f2").astype("<f4").view("<u4")
    brain = torch.from_numpy(bits.view("<i2").copy()).view(torch.bfloat16).float().numpy().view("<u4")
    numpy.savez_compressed(HERE / "widened.npz", f16=wide, bf16=brain)


main()
