"""Trains examples/digits.rs, scikit-learn and PyTorch on the same digits, in turn; prints CPU seconds and accuracies, medians of
five.

One thread each. The same split and the same settings: 1437 digits to train with, 360 to test with, 64-128-10 with relu, Adam at 0.003,
batches of 32, 30 epochs. Of the program in Rust the whole process is counted, of the others the training alone.

    sh setup.sh && cargo build --release --example digits && venv/bin/python digits.py
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import pathlib
import re
import resource
import statistics
import subprocess
import sys
import time
import warnings

import numpy
import torch
from sklearn.neural_network import MLPClassifier

ROOT = pathlib.Path(__file__).resolve().parents[3]
ROUNDS, EPOCHS, HELD = 5, 30, 360
program = sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/release/examples/digits"

rows = numpy.fromfile(ROOT / "examples/data/digits.bin", numpy.uint8).reshape(-1, 65)
images, labels = (rows[:, :64] / 16).astype(numpy.float32), rows[:, 64].astype(int)
torch.set_num_threads(1)
warnings.simplefilter("ignore")


def split(seed):
    order = numpy.random.default_rng(seed).permutation(len(rows))
    return order[HELD:], order[:HELD]


def ours(_):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    text = subprocess.run([program, str(EPOCHS)], capture_output=True, text=True, check=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return seconds, float(re.search(r"accuracy ([0-9.]+)", text)[1])


def scikit_learn(seed):
    train, test = split(seed)
    start = time.process_time()
    model = MLPClassifier(
        (128,), batch_size=32, learning_rate_init=0.003, max_iter=EPOCHS, n_iter_no_change=EPOCHS, random_state=seed
    ).fit(images[train], labels[train])
    return time.process_time() - start, model.score(images[test], labels[test])


def pytorch(seed):
    train, test = map(torch.tensor, split(seed))
    x, y = torch.tensor(images), torch.tensor(labels)
    torch.manual_seed(seed)
    start = time.process_time()
    model = torch.nn.Sequential(torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    for _ in range(EPOCHS):
        for batch in train[torch.randperm(len(train))].split(32):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
            optimizer.step()
    seconds = time.process_time() - start
    with torch.no_grad():
        return seconds, (model(x[test]).argmax(1) == y[test]).float().mean().item()


results = {"mlp": [], "scikit-learn": [], "PyTorch": []}
for seed in range(ROUNDS):
    for name, run in zip(results, [ours, scikit_learn, pytorch]):
        results[name].append(run(seed))
for name, runs in results.items():
    seconds, accuracies = zip(*runs)
    print(f"{name:12} {statistics.median(seconds):6.2f} CPU s, accuracy {statistics.median(accuracies):.3f}")
