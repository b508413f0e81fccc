"""Writes model.safetensors: a network with 3-4-2 units and the values that NumPy computes for 20 samples, in 64 bits.

    python3 model.py        (numpy, safetensors)
"""
import numpy as np
from safetensors.numpy import save_file

rng = np.random.default_rng(7)
w0, b0 = rng.normal(size=(4, 3)), rng.normal(size=4)
w2, b2 = rng.normal(size=(2, 4)), rng.normal(size=2)
weights = {"net.0.weight": w0, "net.0.bias": b0, "net.2.weight": w2, "net.2.bias": b2}
weights = {name: value.astype(np.float32) for name, value in weights.items()}
x = rng.normal(size=(20, 3)).astype(np.float32)
exact = {name: value.astype(np.float64) for name, value in weights.items()}
h = np.tanh(x.astype(np.float64) @ exact["net.0.weight"].T + exact["net.0.bias"])
y = h @ exact["net.2.weight"].T + exact["net.2.bias"]
save_file(weights | {"expect.x": x, "expect.y": y.astype(np.float32)}, "model.safetensors")
