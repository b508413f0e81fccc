"""Runs the scripts of `contrib`, and holds what they write to what the models compute.

    pip install numpy scikit-learn keras jax
    cargo build --release -p mlpc && python3 tests/onnx/scripts.py [sklearn] [keras] [gnubg]

The last one fetches the Debian package `gnubg`. Without a word, all of them.
"""

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
        self.name, self.good, self.worst, self.wrong = name, 0, 0.0, []

    def check(self, called, specification):
        checked = run("check", specification)
        found = re.search(r"largest distance (\S+)", checked.stdout)
        if checked.returncode or not found:
            self.wrong.append(f"{called}: {checked.stderr.strip()}")
        else:
            self.good, self.worst = self.good + 1, max(self.worst, float(found[1]))

    def say(self):
        print(f"{self.name}: {self.good} within {WITHIN}, the largest distance {self.worst:.1e}; {len(self.wrong)} wrong")
        for wrong in self.wrong:
            print(f"  wrong: {wrong}")


def pipelines():
    from sklearn.datasets import make_classification, make_regression
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    tasks = {
        "binary": make_classification(80, 6, random_state=1),
        "classes": make_classification(80, 6, n_informative=4, n_classes=3, random_state=1),
        "regression": make_regression(80, 6, random_state=1),
    }
    scalers = [None, StandardScaler, MinMaxScaler]
    sizes = [(), (5,), (6, 4), (5, 4, 3)]
    for activation, layers, scaler, task in itertools.product(["relu", "tanh", "logistic", "identity"], sizes, scalers, tasks):
        samples, targets = tasks[task]
        samples = samples.astype(np.float32)
        kind = MLPRegressor if task == "regression" else MLPClassifier
        net = kind(hidden_layer_sizes=layers, activation=activation, max_iter=30, random_state=0)
        pipeline = make_pipeline(*([scaler()] if scaler else []), net).fit(samples, targets)
        yield f"{activation} {layers} {scaler and scaler.__name__} {task}", pipeline, samples


def sklearn(folder):
    import sklearn_to_mlp

    tally = Tally("contrib/sklearn_to_mlp.py")
    for called, pipeline, samples in pipelines():
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
    campaigns = {"sklearn": sklearn, "keras": keras, "gnubg": gnubg}
    tallies = []
    for word in sys.argv[1:] or campaigns:
        with tempfile.TemporaryDirectory() as folder:
            tallies.append(campaigns[word](pathlib.Path(folder)))
            tallies[-1].say()
    sys.exit(any(tally.wrong or not tally.good for tally in tallies))


if __name__ == "__main__":
    main()
