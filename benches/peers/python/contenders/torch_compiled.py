"""PyTorch, forward and backward by torch.compile."""

import torch

from . import torch_eager
from .torch_eager import versions


class Compiled(torch_eager.Torch):
    compiled = staticmethod(torch.compile)


contender = Compiled
