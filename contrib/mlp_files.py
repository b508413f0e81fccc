"""Writes a specification and its tensors. Needs NumPy."""

import json
import pathlib
import re
import struct

import numpy as np


def name_like(text, otherwise):
    """A name of the language that is like a text: letters, digits and underscores."""
    name = re.sub(r"[^0-9A-Za-z]+", "_", text).strip("_")
    return name if re.match(r"[A-Za-z]", name) and len(name) <= 40 else otherwise


def safetensors(tensors):
    """The bytes of a safetensors file."""
    header, begin, parts = {}, 0, []
    for name, array in tensors.items():
        array = np.ascontiguousarray(array)
        part = array.astype(array.dtype.newbyteorder("<")).tobytes()
        kind = {"float32": "F32", "float64": "F64"}[array.dtype.name]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [begin, begin + len(part)]}
        begin += len(part)
        parts.append(part)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(parts)


class Specification:
    """Statements of a network, with the numbers of its parameters."""

    def __init__(self, name, number="f32", about=""):
        self.name, self.number, self.about = name, number, about
        self.statements, self.tensors, self.expected = [], {}, None

    def say(self, statement):
        self.statements.append(statement)

    def tensor(self, name, array):
        self.tensors[name] = np.asarray(array, np.float64 if self.number == "f64" else np.float32)

    def dense(self, layer, matrix, bias, argument, around="{}"):
        """A layer with a matrix product; the matrix has a row for each input."""
        matrix = np.asarray(matrix)
        function = "linear" if bias is None else "dense"
        self.say(f"layer {layer}[{matrix.shape[1]}] = {around.format(f'{function}({argument})')};")
        self.tensor(f"W_{layer}", matrix)
        if bias is not None:
            self.tensor(f"b_{layer}", bias)

    def expect(self, within, **samples):
        """Samples by the names of inputs and layers, with a row for each."""
        self.expected = within, list(samples)
        for name, rows in samples.items():
            self.tensor(f"expect.{name}", np.asarray(rows).reshape(len(rows), -1))

    def write(self, path):
        """Writes PATH.mlp and PATH.safetensors; the specification comes last, so it never lacks its weights."""
        path = pathlib.Path(path)
        weights = path.with_suffix(".safetensors")
        lines = [f"    {statement}" for statement in self.statements]
        lines.append(f'    weights from "{weights.name}";')
        if self.expected:
            within, names = self.expected
            pairs = ", ".join(f'{name} = "expect.{name}"' for name in names)
            lines.append(f'    expect from "{weights.name}" {{ {pairs} }} within {within};')
        head = f"/// {self.about}\n" if self.about else ""
        weights.write_bytes(safetensors(self.tensors))
        path.with_suffix(".mlp").write_text(f"{head}network {self.name}: {self.number} {{\n" + "\n".join(lines) + "\n}\n")
