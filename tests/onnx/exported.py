"""Checks exported models in a folder and runs them with ONNX Runtime, beside the outputs of the engine.

    cargo run --release -p mlp-random -- onnx 200
    python3 tests/onnx/exported.py target/onnx     (onnx 1.23, onnxruntime 1.32, numpy 2.4)

A model R1.onnx has arrays in R1.npz: input.NAME and output.NAME. The tolerance is 1e-6 of the larger of 1 and the number, for
numbers of 32 bits; rounding of sums in another order takes up a part of it, so the scale is the largest number of an output.
"""
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx.reference import ReferenceEvaluator

onnxruntime.set_default_logger_severity(4)
folder, within = Path(sys.argv[1]), 1e-6
checked, ran, refused, wrong, largest = 0, 0, [], [], 0.0
for path in sorted(folder.glob("*.onnx")):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    for output in inferred.graph.output:
        batch, width = output.type.tensor_type.shape.dim
        assert batch.dim_param == "N" and width.dim_value > 0, path
    checked += 1
    arrays = np.load(path.with_suffix(".npz"))
    inputs = {name[len("input."):]: arrays[name] for name in arrays.files if name.startswith("input.")}
    names = [output.name for output in model.graph.output]
    known = {given.name for given in model.graph.input}
    inputs = {name: value for name, value in inputs.items() if name in known}
    try:
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except onnxruntime.capi.onnxruntime_pybind11_state.NotImplemented as error:
        # The runtime has no Erf for 64 bits; the evaluator of the standard has.
        assert "Erf" in str(error), error
        refused.append(path.stem)
        with np.errstate(all="ignore"):
            outputs = ReferenceEvaluator(model).run(names, inputs)
    else:
        outputs = session.run(names, inputs)
        ran += 1
    for name, found in zip(names, outputs):
        expected = arrays["output." + name]
        assert found.dtype == expected.dtype and found.shape == expected.shape, (path, found.shape, expected.shape)
        both = np.isnan(found) & np.isnan(expected) | (found == expected)
        scale = np.maximum(1, np.abs(expected[np.isfinite(expected)]).max(initial=0))
        distance = np.where(both, 0, np.abs(found.astype(float) - expected) / scale)
        if not (distance <= within).all():
            wrong.append(f"{path.stem}: {name} is {found[distance > within]} instead of {expected[distance > within]}")
        largest = max(largest, np.nanmax(distance, initial=0))
print(*wrong, sep="\n")
print(f"{checked} models checked, {ran} run, {len(refused)} evaluated by onnx because the runtime has no Erf for 64 bits, {len(wrong)} wrong; "
      f"largest distance {largest:.1e}")
sys.exit(bool(wrong))
