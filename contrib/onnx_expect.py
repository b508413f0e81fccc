"""What ONNX Runtime computes for a model, for `mlpc import --expect`.

    pip install numpy onnxruntime
    python onnx_expect.py model.onnx -o expect.npz [--rows 16] [--seed 0] [--inputs inputs.npz]

The inputs are drawn from a normal distribution, or read from an npz file with an array for each input.
"""

import argparse

import numpy as np
import onnxruntime

KINDS = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(float16)": np.float16}


def main():
    parser = argparse.ArgumentParser(description="What ONNX Runtime computes for a model.")
    parser.add_argument("model")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--rows", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--inputs")
    arguments = parser.parse_args()

    session = onnxruntime.InferenceSession(arguments.model, providers=["CPUExecutionProvider"])
    random, given = np.random.default_rng(arguments.seed), {}
    read = np.load(arguments.inputs) if arguments.inputs else {}
    for value in session.get_inputs():
        kind = KINDS.get(value.type, np.float32)
        # The first size is that of the batch, where there is more than one.
        sizes = [size if isinstance(size, int) else arguments.rows for size in value.shape]
        given[value.name] = np.asarray(read[value.name] if value.name in read else random.normal(size=sizes), kind)
    outputs = [value.name for value in session.get_outputs()]
    found = dict(zip(outputs, session.run(outputs, given)))
    rows = {}
    for name, array in {**given, **found}.items():
        # Labels and tables of names are not numbers of the network.
        if isinstance(array, np.ndarray) and array.dtype.kind == "f":
            rows[name] = array.reshape(array.shape[0] if array.ndim > 1 or name not in given else 1, -1)
    np.savez(arguments.output, **rows)
    print(f"wrote {arguments.output}: {', '.join(f'{name} {array.shape}' for name, array in rows.items())}")


if __name__ == "__main__":
    main()
