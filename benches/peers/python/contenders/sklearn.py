"""scikit-learn: what its networks can be, a softmax or an identity at the end. Its steps shuffle and
clip, so the training is not compared."""

import numpy as np
from sklearn.neural_network import MLPClassifier

from .common import Contender, versions_of

versions = versions_of("scikit-learn")


class Sklearn(Contender):
    def __init__(self, workload, folder):
        super().__init__(workload, folder)
        self.passes = ["forward"]
        hidden = {"sigmoid": "logistic"}.get(self.hidden, self.hidden)
        self.network = MLPClassifier(self.sizes[1:-1], activation=hidden, solver="sgd")
        classes = np.arange(self.sizes[-1])
        self.network.partial_fit(np.resize(self.inputs, (10, self.sizes[0])), classes, classes=classes)
        self.network.coefs_ = self.start[0::2]
        self.network.intercepts_ = self.start[1::2]

    def reset(self):
        pass

    def forward(self):
        self.result = self.network.predict_proba(self.inputs)

    def parameters(self):
        return np.empty(0)


def contender(workload, folder):
    return Sklearn(workload, folder) if workload["loss"] == "cross_entropy" else None
