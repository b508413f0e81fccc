"""Writes the models of the tests that come with ONNX, with their inputs and outputs, into a folder.

    pip install onnx==1.23.2 numpy==2.4.6
    python3 tests/onnx/wheel.py FOLDER

They are the models that are stored in its wheel, with operators of several kinds of networks, and the models of one node. One whose
inputs are no floats, or that needs some number of the batch to be known, is in the folder too: what is refused is a finding. Models with results of 16 bits are left out: they round
where a network of 32 bits does not.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases


HALVES = [onnx.TensorProto.FLOAT16, onnx.TensorProto.BFLOAT16]

# Those of NumPy itself.
TYPES = ["bool", *(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)), "float16", "float32", "float64"]


def stored():
    """The models of the wheel: (name, model, inputs, outputs)."""
    data = Path(onnx.__file__).parent / "backend/test/data"
    for folder in sorted(data.glob("*/*/test_data_set_0")):
        path = folder.parent / "model.onnx"
        if not path.exists():
            continue
        arrays = lambda kind, number: [array(path) for path in sorted(folder.glob(f"{kind}_*.pb"))[:number]]
        model = onnx.load(path)
        constants = {of.name for of in model.graph.initializer}
        inputs = [value for value in model.graph.input if value.name not in constants]
        yield f"{folder.parents[1].name}_{folder.parent.name}", model, arrays("input", len(inputs)), arrays("output", None)


def array(path):
    tensor = onnx.TensorProto()
    try:
        tensor.ParseFromString(path.read_bytes())
        return numpy_helper.to_array(tensor)
    except Exception:  # a sequence or an optional value
        return None


def nodes():
    """The models of one node."""
    for case in collect_testcases(None):
        for inputs, outputs in case.data_sets[:1]:
            dense = lambda of: numpy_helper.to_array(of) if isinstance(of, onnx.TensorProto) else of
            yield case.name, case.model, [*map(dense, inputs)], [*map(dense, outputs)]


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for name, model, inputs, outputs in [*stored(), *nodes()]:
        if any(value.type.tensor_type.elem_type in HALVES for value in model.graph.output):
            continue
        constants = {of.name for of in model.graph.initializer}
        names = [value.name for value in model.graph.input if value.name not in constants]
        named = [*zip(names, inputs), *zip([value.name for value in model.graph.output], outputs)]
        # A sequence of arrays, a sparse one or one of texts is no array of numbers.
        is_number = lambda value: isinstance(value, np.ndarray | np.generic) and value.dtype.name in TYPES
        numbers = {key: np.asarray(value) for key, value in named if is_number(value)}
        onnx.save(model, folder / f"{name}.onnx")
        np.savez(folder / f"{name}.npz", **numbers)
        count += 1
    print(count, "models")


main()
