"""Runs the models in exported/ with ONNX Runtime, and keeps inputs and outputs beside them: the specifications expect them.

    for name in layers neurons functions; do mlpc export $name.mlp -o $name.onnx; done     (in exported/)
    python3 tests/onnx/kept.py     (onnx 1.23, onnxruntime 1.32, numpy 2.4)
"""
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

for path in sorted((Path(__file__).parent / "exported").glob("*.onnx")):
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    rng, arrays = np.random.default_rng(3), {}
    for given in session.get_inputs():
        kind = np.float32 if given.type == "tensor(float)" else np.float64
        arrays[given.name] = rng.normal(scale=1.5, size=(6, given.shape[1])).astype(kind)
    names = [output.name for output in session.get_outputs()]
    outputs = session.run(names, arrays)
    np.savez(path.with_suffix(".npz"), **arrays, **dict(zip(names, outputs)))
