"""The networks of GNU Backgammon as specifications, with their weights.

    pip install numpy
    python gnubg_to_mlp.py gnubg.wd -o FOLDER [--number f32]

`gnubg.wd` comes with the program (in Debian it is a file of the package `gnubg`). The numbers are under the licence of GNU Backgammon.
"""

import argparse
import pathlib
import struct

import numpy as np

from mlp_files import Specification

NAMES = ["Contact", "Race", "Crashed", "PrunedContact", "PrunedCrashed", "PrunedRace"]


def networks(data):
    """Matrices, biases and slopes of the networks of a file: hidden and output layer, each a sigmoid of slope times net input."""
    magic, version = struct.unpack_from("<2f", data)
    if abs(magic - 472.3782) > 1e-3 or version != 1.0:
        raise SystemExit("this is not a file of weights of GNU Backgammon, version 1")
    place = 8
    while place < len(data):
        inputs, hidden, outputs, _, slope_hidden, slope_output = struct.unpack_from("<4i2f", data, place)
        place += 24
        sizes = [inputs * hidden, outputs * hidden, hidden, outputs]
        arrays = []
        for size in sizes:
            arrays.append(np.frombuffer(data, "<f4", size, place))
            place += 4 * size
        yield (
            (arrays[0].reshape(inputs, hidden), arrays[2], slope_hidden),
            (arrays[1].reshape(outputs, hidden).T, arrays[3], slope_output),
        )


def evaluate(layers, values):
    """In 64 bits."""
    for matrix, bias, slope in layers:
        values = 1 / (1 + np.exp(-slope * (values @ matrix.astype(np.float64) + bias)))
    return values


def specification(name, layers, number, rows=32):
    net = Specification(name, number, about="A network of GNU Backgammon: win, win gammon, win backgammon, lose gammon, lose backgammon.")
    (matrix, _, _), _ = layers
    net.say(f"input x[{matrix.shape[0]}];")
    last = "x"
    for layer, (matrix, bias, slope) in zip(["hidden", "y"], layers):
        # The slope is a number of 32 bits.
        written = str(np.float32(slope)) if number == "f32" else repr(slope)
        factor = "" if slope == 1 else f"{written} * "
        net.dense(layer, matrix, bias, last, f"sigmoid({factor}{{}})")
        last = layer
    # Inputs of the program are counts and shares between 0 and 1, most of them 0.
    random = np.random.default_rng(0)
    shape = (rows, layers[0][0].shape[0])
    values = (random.uniform(size=shape) * (random.uniform(size=shape) < 0.2)).astype(np.float32)
    net.expect({"f32": 5e-6, "f64": 1e-12}[number], x=values, y=evaluate(layers, values.astype(np.float64)))
    return net


def main():
    parser = argparse.ArgumentParser(description="The networks of GNU Backgammon as specifications.")
    parser.add_argument("weights")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--number", choices=["f32", "f64"], default="f64")
    arguments = parser.parse_args()
    folder = pathlib.Path(arguments.output)
    folder.mkdir(parents=True, exist_ok=True)
    for name, layers in zip(NAMES, networks(pathlib.Path(arguments.weights).read_bytes()), strict=True):
        specification(name, layers, arguments.number).write(folder / f"{name.lower()}.mlp")
        print(f"wrote {folder / name.lower()}.mlp")


if __name__ == "__main__":
    main()
