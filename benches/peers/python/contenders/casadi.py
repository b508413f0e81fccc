"""CasADi: the C that it writes, by gcc, with a loop in C around it. Only batches of one: larger networks
become too much C."""

import ctypes
import subprocess

import casadi
import numpy as np

from .common import Contender, joined, versions_of

versions = versions_of("casadi")

LOOP = """
void loop(long count, casadi_real *parameters, const casadi_real *x, const casadi_real *t,
          casadi_real *y, casadi_real *next, long size) {
    static casadi_int iw[IW + 1];
    static casadi_real w[WORK + 1];
    for (long k = 0; k < count; k++) {
        const casadi_real *from[] = {parameters, x, t};
        casadi_real *to[] = {y ? y : next};
        FUNCTION(from, to, iw, w, 0);
        if (!y) for (long j = 0; j < size; j++) parameters[j] = next[j];
    }
}
"""


class Casadi(Contender):
    def __init__(self, workload, folder):
        super().__init__(workload, folder)
        parameters = casadi.SX.sym("p", sum((n + 1) * m for n, m in zip(self.sizes, self.sizes[1:])))
        x, t = casadi.SX.sym("x", self.sizes[0]), casadi.SX.sym("t", self.sizes[-1])
        y = self.net(parameters, x)
        loss = casadi.sumsqr(y - t) * (0.5 if self.loss == "half_squared" else 1 / self.sizes[-1])
        step = parameters - self.rate * casadi.gradient(loss, parameters)
        everything = [parameters, x, t]
        self.loops = {
            self.forward: self.built(casadi.Function("forward", everything, [y]), folder),
            self.train: self.built(casadi.Function("train", everything, [step]), folder),
        }
        self.result = np.zeros(self.sizes[-1], self.dtype)
        self.next = np.zeros(parameters.numel(), self.dtype)
        self.reset()

    def net(self, parameters, x):
        functions = {"sigmoid": lambda z: 1 / (1 + casadi.exp(-z)), "tanh": casadi.tanh}
        at = 0
        for rows, columns in zip(self.sizes, self.sizes[1:]):
            # Column by column, as CasADi lays matrices out: the transpose of ours.
            weights = casadi.reshape(parameters[at : at + rows * columns], columns, rows)
            at += rows * columns
            x = functions[self.hidden](weights @ x + parameters[at : at + columns])
            at += columns
        return x

    def built(self, function, folder):
        name = f"casadi_{self.name}_{function.name()}"
        source, library = folder / f"{name}.c", folder / f"{name}.so"
        generator = casadi.CodeGenerator(name, {"casadi_real": "float" if self.float == "f32" else "double"})
        generator.add(function)
        text = generator.dump()
        sizes = f"#define IW {function.sz_iw()}\n#define WORK {function.sz_w()}\n#define FUNCTION {function.name()}\n"
        source.write_text(text + sizes + LOOP)
        flags = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC"]
        subprocess.run(["gcc", *flags, "-o", library, source, "-lm"], check=True)
        return ctypes.CDLL(str(library)).loop

    def reset(self):
        self.flat = joined(self.start)

    def calls(self, function, count):
        pointer = lambda array: array.ctypes.data_as(ctypes.c_void_p)
        result = pointer(self.result) if function == self.forward else None
        self.loops[function](
            ctypes.c_long(count),
            pointer(self.flat),
            pointer(self.inputs),
            pointer(self.targets),
            result,
            pointer(self.next),
            ctypes.c_long(self.next.size),
        )

    def forward(self):
        self.calls(self.forward, 1)

    def train(self):
        self.calls(self.train, 1)

    def parameters(self):
        return self.flat


def contender(workload, folder):
    is_small = workload["batch"] == 1 and workload["loss"] != "cross_entropy"
    return Casadi(workload, folder) if is_small else None
