"""JAX, a call of a compiled step each time."""

import os

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import jax.numpy as jnp
import numpy as np

from .common import Contender, joined, versions_of

versions = versions_of("jax", "jaxlib")
jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_enable_x64", True)

FUNCTIONS = {
    "sigmoid": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
    "softmax": jax.nn.softmax,
}


class Jax(Contender):
    def __init__(self, workload, folder):
        super().__init__(workload, folder)
        self.x, self.t = jnp.asarray(self.inputs), jnp.asarray(self.targets)
        self.run = jax.jit(lambda parts, x: FUNCTIONS[self.output](self.net(parts, x)))
        self.step = jax.jit(self.stepped, donate_argnums=0)
        self.reset()

    def reset(self):
        parts = [jnp.array(part) for part in self.start]
        zeros = lambda: [jnp.zeros_like(part) for part in parts]
        self.state = (parts, zeros(), zeros(), jnp.zeros((), jnp.int32))
        if self.rule == "sgd":
            self.state = (parts, [], [], self.state[3])

    def net(self, parts, x):
        """The net inputs of the last layer."""
        for at in range(0, len(parts), 2):
            x = (FUNCTIONS[self.hidden](x) if at else x) @ parts[at] + parts[at + 1]
        return x

    def objective(self, parts, x, t):
        net = self.net(parts, x)
        if self.loss == "cross_entropy":
            return -jnp.sum(t * jax.nn.log_softmax(net)) / self.batch
        squares = (FUNCTIONS[self.output](net) - t) ** 2
        return jnp.mean(squares) if self.loss == "mean_squared" else jnp.sum(squares) / 2

    def stepped(self, state, x, t):
        parts, m, v, count = state
        gradients = jax.grad(self.objective)(parts, x, t)
        if self.rule == "sgd":
            return [w - self.rate * g for w, g in zip(parts, gradients)], m, v, count
        count = count + 1
        power = count.astype(self.dtype)
        m = [0.9 * m + (1 - 0.9) * g for m, g in zip(m, gradients)]
        v = [0.999 * v + (1 - 0.999) * g * g for v, g in zip(v, gradients)]
        scale, widen = self.rate / (1 - 0.9**power), 1 / (1 - 0.999**power)
        parts = [w - scale * m / (jnp.sqrt(v * widen) + 1e-8) for w, m, v in zip(parts, m, v)]
        return parts, m, v, count

    def forward(self):
        self.result = self.run(self.state[0], self.x).block_until_ready()

    def train(self):
        self.state = jax.block_until_ready(self.step(self.state, self.x, self.t))

    def parameters(self):
        return joined([np.asarray(part) for part in self.state[0]])


contender = Jax
