"""NumPy, buffers kept."""

import numpy as np

from .common import Contender, joined, versions_of

versions = versions_of("numpy")


class Numpy(Contender):
    def __init__(self, workload, folder):
        super().__init__(workload, folder)
        self.y = [np.empty((self.batch, size), self.dtype) for size in self.sizes[1:]]
        self.delta = [np.empty_like(y) for y in self.y]
        self.room = [np.empty_like(y) for y in self.y]
        self.reset()

    def reset(self):
        self.parts = [part.copy() for part in self.start]
        self.gradients = [np.empty_like(part) for part in self.parts]
        self.m = [np.zeros_like(part) for part in self.parts]
        self.v = [np.zeros_like(part) for part in self.parts]
        self.steps = 0

    def forward(self):
        x = self.inputs
        for at, y in enumerate(self.y):
            np.matmul(x, self.parts[2 * at], out=y)
            y += self.parts[2 * at + 1]
            activate(self.output if at + 1 == len(self.y) else self.hidden, y)
            x = y
        self.result = x

    def train(self):
        self.forward()
        delta, y = self.delta[-1], self.y[-1]
        np.subtract(y, self.targets, out=delta)
        if self.loss == "mean_squared":
            delta *= 2 / self.sizes[-1]
        if self.loss != "cross_entropy":
            times_slope(self.output, delta, y, self.room[-1])
        for at in range(len(self.y) - 1, 0, -1):
            np.matmul(self.delta[at], self.parts[2 * at].T, out=self.delta[at - 1])
            times_slope(self.hidden, self.delta[at - 1], self.y[at - 1], self.room[at - 1])
        self.update()

    def update(self):
        self.steps += 1
        for at, (x, delta) in enumerate(zip([self.inputs, *self.y], self.delta)):
            np.matmul(x.T, delta, out=self.gradients[2 * at])
            np.sum(delta, axis=0, out=self.gradients[2 * at + 1])
        for w, g, m, v in zip(self.parts, self.gradients, self.m, self.v):
            if self.rule == "sgd":
                g *= self.rate / self.batch
                w -= g
            else:
                self.adam(w, g, m, v)

    def adam(self, w, g, m, v):
        g /= self.batch
        m *= 0.9
        m += (1 - 0.9) * g
        v *= 0.999
        np.square(g, out=g)
        g *= 1 - 0.999
        v += g
        np.sqrt(v / (1 - 0.999**self.steps), out=g)
        g += 1e-8
        w -= self.rate / (1 - 0.9**self.steps) * m / g

    def parameters(self):
        return joined(self.parts)


def activate(function, y):
    """In place."""
    if function == "sigmoid":
        np.negative(y, out=y)
        np.exp(y, out=y)
        y += 1
        np.reciprocal(y, out=y)
    elif function == "tanh":
        np.tanh(y, out=y)
    elif function == "relu":
        np.maximum(y, 0, out=y)
    else:
        y -= y.max(axis=1, keepdims=True)
        np.exp(y, out=y)
        y /= y.sum(axis=1, keepdims=True)


def times_slope(function, delta, y, room):
    if function == "sigmoid":
        np.subtract(1, y, out=room)
        delta *= room
        delta *= y
    elif function == "tanh":
        np.square(y, out=room)
        np.subtract(1, room, out=room)
        delta *= room
    else:
        delta *= y > 0


contender = Numpy
