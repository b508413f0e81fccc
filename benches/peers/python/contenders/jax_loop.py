"""JAX, all steps in a loop inside one jit: training only, since a loop of the same forward would be
computed once."""

import jax

from . import jax_calls
from .jax_calls import versions


class Loop(jax_calls.Jax):
    def __init__(self, workload, folder):
        super().__init__(workload, folder)
        self.passes = ["train"]
        step = lambda state, x, t: lambda _, state: self.stepped(state, x, t)
        run = lambda state, x, t, count: jax.lax.fori_loop(0, count, step(state, x, t), state)
        self.loop = jax.jit(run, donate_argnums=0)

    def calls(self, function, count):
        self.state = jax.block_until_ready(self.loop(self.state, self.x, self.t, count))


def contender(workload, folder):
    return Loop(workload, folder) if "train" in workload["passes"] else None
