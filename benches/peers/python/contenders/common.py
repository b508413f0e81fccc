"""What all contenders in Python share."""

from importlib.metadata import version

import numpy as np


class Contender:
    """Keeps the data of a workload as arrays of its number type; `passes` are those that it does."""

    def __init__(self, workload, folder):
        self.__dict__.update(workload)
        self.dtype = np.float32 if workload["float"] == "f32" else np.float64
        read = lambda name: np.fromfile(folder / name, "<f8").astype(self.dtype)
        self.inputs = read("inputs").reshape(self.batch, self.sizes[0])
        self.targets = read("targets").reshape(self.batch, self.sizes[-1])
        self.classes = self.targets.argmax(1)
        self.start = self.split(read("parameters"))
        self.result = None

    def split(self, parameters):
        """Weights and biases in turn."""
        parts = []
        for rows, columns in zip(self.sizes, self.sizes[1:]):
            weights, biases, parameters = np.split(parameters, [rows * columns, (rows + 1) * columns])
            parts += [weights.reshape(rows, columns), biases]
        return parts

    def calls(self, function, count):
        for _ in range(count):
            function()

    def outputs(self):
        return np.asarray(self.result).ravel()


def joined(parts):
    return np.concatenate([np.asarray(part).ravel() for part in parts])


def versions_of(*packages):
    return lambda: {package: version(package) for package in packages}
