"""Imports models of other tools and holds them to what these compute.

    pip install numpy onnx onnxruntime skl2onnx scikit-learn keras jax
    cargo build --release -p mlpc && python tests/onnx/campaign.py [wheel] [skl2onnx] [sklearn] [keras] [gnubg]

`wheel`: the models in ONNX's own wheel, with the inputs and outputs that are stored beside them; what is refused is listed by operator.
`skl2onnx`: pipelines of scikit-learn, converted. `sklearn`, `keras`, `gnubg`: the scripts of `contrib`. The last one fetches the
Debian package `gnubg`. Without a word, all of them.
"""

import collections
import glob
import itertools
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

os.environ.setdefault("KERAS_BACKEND", "jax")
warnings.filterwarnings("ignore")
import numpy as np

ROOT = pathlib.Path(__file__).parents[2]
MLPC = ROOT / "target/release/mlpc"
sys.path.insert(0, str(ROOT / "contrib"))
WITHIN = "1e-6"


def run(*words):
    return subprocess.run([MLPC, *map(str, words)], capture_output=True, text=True)


class Tally:
    def __init__(self, name):
        self.name, self.good, self.worst, self.wrong, self.refused = name, 0, 0.0, [], collections.Counter()

    def check(self, called, specification):
        checked = run("check", specification)
        found = re.search(r"largest distance (\S+)", checked.stdout)
        if checked.returncode or not found:
            self.wrong.append(f"{called}: {checked.stderr.strip()}")
        else:
            self.good, self.worst = self.good + 1, max(self.worst, float(found[1]))

    def model(self, called, model, arrays, folder):
        """Imports a model and holds it to arrays."""
        np.savez(folder / "expect.npz", **arrays)
        imported = run("import", model, "-o", folder / "net.mlp", "--force", "--expect", folder / "expect.npz", "--within", WITHIN)
        if imported.returncode == 1:
            self.refused[imported.stderr.splitlines()[0].split(": ", 2)[-1]] += 1
        elif imported.returncode:
            self.wrong.append(f"{called}: {imported.stderr}")
        else:
            self.check(called, folder / "net.mlp")

    def say(self):
        print(f"{self.name}: {self.good} within {WITHIN}, the largest distance {self.worst:.1e}; {len(self.wrong)} wrong, {self.refused.total()} refused")
        for wrong in self.wrong:
            print(f"  wrong: {wrong}")
        for what, count in self.refused.most_common():
            print(f"  refused: {count} × {what}")


def rows(array):
    return np.reshape(array, (array.shape[0] if np.ndim(array) > 1 else 1, -1))


def wheel(folder):
    import onnx
    from onnx import numpy_helper

    tally = Tally("ONNX's wheel")
    load = lambda path: numpy_helper.to_array(onnx.TensorProto.FromString(pathlib.Path(path).read_bytes()))
    for model in sorted(glob.glob(os.path.dirname(onnx.__file__) + "/backend/test/data/*/*/model.onnx")):
        graph, data = onnx.load(model).graph, os.path.dirname(model) + "/test_data_set_0"
        given = {tensor.name for tensor in graph.initializer}
        names = {"input": [value.name for value in graph.input if value.name not in given], "output": [value.name for value in graph.output]}
        arrays = {}
        for kind, values in names.items():
            for name, path in zip(values, sorted(glob.glob(f"{data}/{kind}_*.pb"))):
                try:
                    arrays[name] = rows(load(path))
                except (TypeError, ValueError):
                    break  # a sequence
        arrays = {name: array for name, array in arrays.items() if array.dtype.kind in "fiu"}
        tally.model(model.split("/")[-2], model, arrays, folder)
    return tally


def pipelines(multiple):
    from sklearn.datasets import make_classification, make_regression
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, Normalizer, StandardScaler

    tasks = {
        "binary": make_classification(80, 6, random_state=1),
        "classes": make_classification(80, 6, n_informative=4, n_classes=3, random_state=1),
        "regression": make_regression(80, 6, random_state=1),
    }
    scalers = [None, StandardScaler, MinMaxScaler] + ([Normalizer] if multiple else [])
    sizes = [(), (5,), (6, 4), (5, 4, 3)]
    for activation, layers, scaler, task in itertools.product(["relu", "tanh", "logistic", "identity"], sizes, scalers, tasks):
        samples, targets = tasks[task]
        samples = samples.astype(np.float32)
        kind = MLPRegressor if task == "regression" else MLPClassifier
        net = kind(hidden_layer_sizes=layers, activation=activation, max_iter=30, random_state=0)
        pipeline = make_pipeline(*([scaler()] if scaler else []), net).fit(samples, targets)
        yield f"{activation} {layers} {scaler and scaler.__name__} {task}", pipeline, samples


def skl2onnx(folder):
    import onnxruntime
    from skl2onnx import to_onnx

    tally = Tally("skl2onnx")
    for called, pipeline, samples in pipelines(True):
        model = folder / "model.onnx"
        model.write_bytes(to_onnx(pipeline, samples[:1]).SerializeToString())
        session = onnxruntime.InferenceSession(str(model))
        name, found = session.get_outputs()[-1].name, session.run(None, {"X": samples})[-1]
        if isinstance(found, list):
            found = np.array([[row[label] for label in sorted(row)] for row in found], np.float32)
        tally.model(called, model, {"X": samples, name: rows(found)}, folder)
    return tally


def sklearn(folder):
    import sklearn_to_mlp

    tally = Tally("contrib/sklearn_to_mlp.py")
    for called, pipeline, samples in pipelines(False):
        # In 64 bits scikit-learn computes what the formulas say.
        net = sklearn_to_mlp.specification(pipeline, samples.astype(np.float64), "Net", within=WITHIN)
        net.number, net.tensors = "f64", {name: np.asarray(array, np.float64) for name, array in net.tensors.items()}
        net.write(folder / "net.mlp")
        tally.check(called, folder / "net.mlp")
    return tally


def keras(folder):
    from keras import Input, Sequential, layers

    import keras_to_mlp

    random, tally = np.random.default_rng(0), Tally("contrib/keras_to_mlp.py")
    scaled = layers.Normalization()
    scaled.adapt(random.normal(2, 3, (50, 4)).astype(np.float32))
    models = {activation: [layers.Dense(5, activation=activation), layers.Dense(3)] for activation in keras_to_mlp.ACTIVATIONS}
    models |= {
        "normalized": [scaled, layers.Dense(6), layers.BatchNormalization(), layers.Activation("tanh"), layers.Dropout(0.3), layers.Dense(2, use_bias=False)],
        "layers": [layers.Dense(6, activation="gelu"), layers.LayerNormalization(), layers.LeakyReLU(), layers.Dense(2, activation="elu"), layers.Softmax()],
        "rescaled": [layers.Rescaling(1 / 255, offset=-0.5), layers.Dense(3, activation="silu"), layers.ReLU(), layers.ELU(alpha=0.5), layers.Dense(1, activation="sigmoid")],
    }
    for called, parts in models.items():
        model = Sequential([Input((4,)), *parts])
        for part in model.layers:
            if type(part).__name__ == "BatchNormalization":
                part.set_weights([np.abs(random.normal(size=array.shape)) + 0.1 for array in part.get_weights()])
        keras_to_mlp.specification(model, "Net", within=WITHIN).write(folder / "net.mlp")
        tally.check(called, folder / "net.mlp")
    return tally


def gnubg(folder):
    import gnubg_to_mlp

    tally = Tally("contrib/gnubg_to_mlp.py")
    subprocess.run(["apt-get", "download", "-qq", "gnubg"], cwd=folder, check=True, stderr=subprocess.DEVNULL)
    [package] = folder.glob("gnubg_*.deb")
    subprocess.run(["dpkg-deb", "-x", package, folder / "gnubg"], check=True)
    weights = (folder / "gnubg/usr/lib/gnubg/gnubg.wd").read_bytes()
    for name, layers in zip(gnubg_to_mlp.NAMES, gnubg_to_mlp.networks(weights), strict=True):
        gnubg_to_mlp.specification(name, layers, "f64").write(folder / "net.mlp")
        tally.check(name, folder / "net.mlp")
    return tally


def main():
    campaigns = {"wheel": wheel, "skl2onnx": skl2onnx, "sklearn": sklearn, "keras": keras, "gnubg": gnubg}
    tallies = []
    for word in sys.argv[1:] or campaigns:
        with tempfile.TemporaryDirectory() as folder:
            tallies.append(campaigns[word](pathlib.Path(folder)))
            tallies[-1].say()
    sys.exit(any(tally.wrong or not tally.good for tally in tallies))


if __name__ == "__main__":
    main()
