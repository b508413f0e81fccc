"""PyTorch, each operation by itself."""

import torch
from torch import nn

from .common import Contender, joined, versions_of

versions = versions_of("torch")
torch.set_num_threads(1)

FUNCTIONS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}


def compiled(function):
    """Nothing, here."""
    return function


class Torch(Contender):
    compiled = staticmethod(compiled)

    def __init__(self, workload, folder):
        super().__init__(workload, folder)
        sizes = list(zip(self.sizes, self.sizes[1:]))
        layers = []
        for at, (rows, columns) in enumerate(sizes):
            layers.append(nn.Linear(rows, columns))
            function = FUNCTIONS.get(self.hidden if at + 1 < len(sizes) else self.output)
            layers += [function()] if function else []
        self.network = nn.Sequential(*layers).to(torch.float32 if self.float == "f32" else torch.float64)
        self.x = torch.from_numpy(self.inputs)
        self.t = torch.from_numpy(self.classes if self.loss == "cross_entropy" else self.targets)
        self.run = self.compiled(self.outputs_of)
        self.step = self.compiled(self.loss_of)
        self.reset()

    def reset(self):
        with torch.no_grad():
            for parameter, start in zip(self.network.parameters(), self.start):
                parameter.copy_(torch.from_numpy(start.T))
        if self.rule == "sgd":
            self.optimizer = torch.optim.SGD(self.network.parameters(), self.rate)
        else:
            self.optimizer = torch.optim.Adam(self.network.parameters(), self.rate)

    def outputs_of(self, x):
        y = self.network(x)
        return torch.softmax(y, 1) if self.output == "softmax" else y

    def loss_of(self, x, t):
        y = self.network(x)
        if self.loss == "cross_entropy":
            return nn.functional.cross_entropy(y, t)
        if self.loss == "mean_squared":
            return nn.functional.mse_loss(y, t)
        return ((y - t) ** 2).sum() / 2

    def forward(self):
        with torch.inference_mode():
            self.result = self.run(self.x)

    def train(self):
        self.optimizer.zero_grad()
        self.step(self.x, self.t).backward()
        self.optimizer.step()

    def parameters(self):
        return joined([parameter.detach().numpy().T for parameter in self.network.parameters()])


contender = Torch
