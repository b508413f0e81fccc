"""Writes metrics.csv: samples, and scikit-learn's metrics of them. Needs numpy and scikit-learn 1.9.

A case is a line `name,metric,metric,…`, then a line for each sample. Of classes: the class, then the probabilities. Of numbers: the
targets, then the outputs. All numbers are multiples of 1/1024, so `f32` has them exactly.
"""

import numpy
from sklearn import metrics

random = numpy.random.default_rng(7)
grid = lambda x: numpy.round(numpy.asarray(x) * 1024) / 1024
text = lambda row: ",".join(repr(float(x)) for x in row)

with open("metrics.csv", "w") as file:
    for name, samples, sharp in [("few", 12, 1.0), ("many", 400, 2.0), ("certain", 40, 40.0)]:
        labels = random.integers(0, 4, samples)
        logits = random.normal(size=(samples, 4)) + sharp * numpy.eye(4)[labels] * random.random((samples, 1))
        raw = numpy.exp(sharp * (logits - logits.max(axis=1, keepdims=True)))
        p = grid(raw / raw.sum(axis=1, keepdims=True))
        # Exactly 1 in sum.
        p[range(samples), p.argmax(axis=1)] += 1 - p.sum(axis=1)
        chosen = p.argmax(axis=1)
        mean = dict(average="macro", zero_division=0)
        # Rows are no permutation of one another, so the k greatest are compared where the borders are not equal.
        top = numpy.mean([(row > row[label]).sum() + (row[:label] == row[label]).sum() < 2 for row, label in zip(p, labels)])
        ties = any(len(set(row)) < 4 for row in p)
        if not ties:
            assert top == metrics.top_k_accuracy_score(labels, p, k=2, labels=range(4))
        values = [
            metrics.accuracy_score(labels, chosen),
            top,
            metrics.precision_score(labels, chosen, **mean),
            metrics.recall_score(labels, chosen, **mean),
            metrics.f1_score(labels, chosen, **mean),
            metrics.log_loss(labels, p, labels=range(4)),
            metrics.roc_auc_score(labels == 1, p[:, 1]),
        ]
        file.write(f"classes {name},{text(values)}\n")
        for label, row in zip(labels, p):
            file.write(f"{label},{text(row)}\n")
    for name, samples, shift in [("few", 3, 0.0), ("many", 300, 100.0), ("constant", 5, 0.0)]:
        targets = grid(random.normal(size=(samples, 2)) + shift)
        if name == "constant":
            targets[:, 0] = 0.5
        outputs = grid(targets + 0.3 * random.normal(size=(samples, 2)))
        values = [
            metrics.mean_squared_error(targets, outputs),
            metrics.root_mean_squared_error(targets, outputs),
            metrics.mean_absolute_error(targets, outputs),
            metrics.r2_score(targets, outputs),
        ]
        file.write(f"numbers {name},{text(values)}\n")
        for target, output in zip(targets, outputs):
            file.write(f"{text(target)},{text(output)}\n")
